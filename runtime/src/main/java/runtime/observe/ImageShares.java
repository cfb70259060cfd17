package runtime.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of each image's content is its own, and how much others have as well.
 *
 * @param shares           in the images' order
 * @param totalBytes       of all content, each piece once
 * @param reclaimableBytes of it what no image has that a container uses
 */
record ImageShares(List<Share> shares, long totalBytes, long reclaimableBytes) {

    /**
     * An image's content.
     *
     * @param pieces size by digest
     * @param used   whether a container uses it
     */
    record Content(Map<String, Long> pieces, boolean used) {}

    /** What of one image others have, too, and what they do not. */
    record Share(long sharedBytes, long uniqueBytes) {}

    static ImageShares of(List<Content> images) {
        Map<String, Integer> owners = new HashMap<>();
        Map<String, Long> sizes = new HashMap<>();
        Map<String, Long> used = new HashMap<>();
        for (Content image : images) {
            image.pieces().forEach((digest, size) -> {
                owners.merge(digest, 1, Integer::sum);
                sizes.put(digest, size);
                if (image.used()) {
                    used.put(digest, size);
                }
            });
        }
        List<Share> shares = new ArrayList<>();
        for (Content image : images) {
            long shared = 0;
            long unique = 0;
            for (Map.Entry<String, Long> piece : image.pieces().entrySet()) {
                if (owners.get(piece.getKey()) > 1) {
                    shared += piece.getValue();
                } else {
                    unique += piece.getValue();
                }
            }
            shares.add(new Share(shared, unique));
        }
        long total = sum(sizes);
        return new ImageShares(shares, total, total - sum(used));
    }

    private static long sum(Map<String, Long> sizes) {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
}
