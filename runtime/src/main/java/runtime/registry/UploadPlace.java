package runtime.registry;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import runtime.image.Digest;

/**
 * Where an upload that a registry has opened goes on.
 *
 * @param leastChunkBytes what the registry wants of each piece but the last, 0 if it does not say
 */
record UploadPlace(URI uri, long leastChunkBytes) {

    UploadPlace movedTo(URI other) {
        return new UploadPlace(other, leastChunkBytes);
    }

    /** The address that ends the upload. */
    URI ending(Digest digest) {
        String separator = uri.getRawQuery() == null ? "?" : "&";
        return URI.create(uri + separator + "digest=" + encode(digest.toString()));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
