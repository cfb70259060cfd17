package cli.command;

import api.node.Filter;
import api.node.ImageSummary;
import api.node.ListImagesRequest;
import api.node.ListImagesResponse;
import cli.render.Ages;
import cli.render.Sizes;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists images: a row for each name. */
final class ImageListCommand implements Command {
    private static final String NONE = "<none>";
    private static final int ID_DIGITS = 12;
    private static final int ALGORITHM_CHARACTERS = "sha256:".length();

    private final String name;

    ImageListCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax(name, "List images")
                .positionals("[REPOSITORY[:TAG]]", 0, 1)
                .flag('a', "all", "Show untagged images too")
                .flag("digests", "Show digests")
                .value('f', "filter", "filter", "Filter by condition: dangling=true, label=…"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListImagesRequest.Builder request = ListImagesRequest.newBuilder()
                .setAll(arguments.isOn("all")).addAllFilters(Filters.of(arguments));
        if (!arguments.positionals().isEmpty()) {
            request.addFilters(Filter.newBuilder().setKey("reference")
                    .setValue(arguments.positional(0)));
        }
        ListImagesResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListImages", request.build(), ListImagesResponse.parser());
        }
        long now = System.currentTimeMillis() * 1_000_000L;
        boolean times = arguments.has("format") || arguments.has("output");
        boolean shorten = !arguments.isOn("no-trunc");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ImageSummary image : response.getImagesList()) {
            if (arguments.isOn("quiet") || image.getTagsCount() == 0) {
                rows.add(row(image, "", now, shorten, times));
                continue;
            }
            for (String tag : image.getTagsList()) {
                rows.add(row(image, tag, now, shorten, times));
            }
        }
        listing(arguments.isOn("digests")).print(rows, arguments, console);
        return 0;
    }

    private static Listing listing(boolean digests) {
        return new Listing("ID",
                new Listing.Column("REPOSITORY", "Repository", false),
                new Listing.Column("TAG", "Tag", false),
                new Listing.Column("DIGEST", "Digest", !digests),
                new Listing.Column("IMAGE ID", "ID", false),
                new Listing.Column("CREATED", "CreatedSince", false),
                new Listing.Column("SIZE", "Size", false),
                new Listing.Column("PLATFORM", "Platform", true),
                new Listing.Column("LAYERS", "Layers", true),
                new Listing.Column("CONTAINERS", "Containers", true));
    }

    /** @param times with what the usual table has no place for */
    static Map<String, Object> row(
            ImageSummary image, String tag, long nowNanos, boolean shorten, boolean times) {
        // The colon before the last slash is a registry's port.
        int colon = tag.lastIndexOf(':') > tag.lastIndexOf('/') ? tag.lastIndexOf(':') : -1;
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Repository", tag.isEmpty() ? NONE : colon < 0 ? tag : tag.substring(0, colon));
        row.put("Tag", colon < 0 ? NONE : tag.substring(colon + 1));
        row.put("Digest", digest(image));
        row.put("ID", shorten ? shortId(image.getId()) : image.getId());
        row.put("CreatedSince", Ages.ago(image.getCreatedUnixNanos(), nowNanos));
        if (times) {
            row.put("CreatedAt", Times.readable(image.getCreatedUnixNanos()));
        }
        row.put("Size", Sizes.decimal(image.getSizeBytes()));
        row.put("Platform", image.getPlatform());
        row.put("Layers", (long) image.getLayers());
        row.put("Containers", (long) image.getContainers());
        if (times) {
            row.put("VirtualSize", Sizes.decimal(image.getSizeBytes()));
            row.put("Labels", labels(image));
            Listing.labels(row, image.getLabelsMap());
        }
        return row;
    }

    private static String labels(ImageSummary image) {
        List<String> labels = new ArrayList<>();
        new java.util.TreeMap<>(image.getLabelsMap())
                .forEach((key, value) -> labels.add(key + "=" + value));
        return String.join(",", labels);
    }

    private static String digest(ImageSummary image) {
        if (image.getDigestsCount() == 0) {
            return NONE;
        }
        String digest = image.getDigests(0);
        return digest.substring(digest.indexOf('@') + 1);
    }

    /** The first digits of an id. */
    static String shortId(String id) {
        return ListCommand.start(
                id.startsWith("sha256:") ? id.substring(ALGORITHM_CHARACTERS) : id, ID_DIGITS);
    }
}
