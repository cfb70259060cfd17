package runtime.image;

import static runtime.image.ImageFormatException.shown;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a blob is, as an OCI or docker schema 2 media type (OCI image-spec media-types.md,
 * distribution-spec; docker "Image Manifest Version 2, Schema 2"). Any well-formed type can be
 * held, since an index may list things that are not images; {@link #kind} tells them apart.
 */
public record MediaType(String name) {

    /** What the blob is used as. */
    public enum Kind { MANIFEST, INDEX, CONFIG, LAYER, FOREIGN_LAYER, SCHEMA_1, UNKNOWN }

    /** How a layer's tar is packed. */
    public enum Compression { NONE, GZIP, ZSTD }

    // RFC 6838 §4.2: restricted-name, at most 127 characters each. Stands first: the
    // constants below are checked against it.
    private static final Pattern GRAMMAR = Pattern.compile(
            "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}+/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}+");

    public static final MediaType OCI_MANIFEST =
            new MediaType("application/vnd.oci.image.manifest.v1+json");
    public static final MediaType OCI_INDEX =
            new MediaType("application/vnd.oci.image.index.v1+json");
    public static final MediaType OCI_CONFIG =
            new MediaType("application/vnd.oci.image.config.v1+json");
    public static final MediaType OCI_LAYER =
            new MediaType("application/vnd.oci.image.layer.v1.tar");
    public static final MediaType OCI_LAYER_GZIP =
            new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");
    public static final MediaType OCI_LAYER_ZSTD =
            new MediaType("application/vnd.oci.image.layer.v1.tar+zstd");
    public static final MediaType DOCKER_MANIFEST =
            new MediaType("application/vnd.docker.distribution.manifest.v2+json");
    public static final MediaType DOCKER_INDEX =
            new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
    public static final MediaType DOCKER_CONFIG =
            new MediaType("application/vnd.docker.container.image.v1+json");
    public static final MediaType DOCKER_LAYER =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar");
    public static final MediaType DOCKER_LAYER_GZIP =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip");
    public static final MediaType DOCKER_LAYER_ZSTD =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar.zstd");

    private static final Map<String, Kind> KINDS = kinds();

    /** @throws IllegalArgumentException if {@code name} is not a lower-case type/subtype */
    public MediaType {
        if (!GRAMMAR.matcher(name).matches()) {
            throw new IllegalArgumentException("not a media type: " + shown(name));
        }
    }

    /** Reads a media type or a Content-Type header; parameters such as a charset are dropped. */
    public static MediaType parse(String text) throws ImageFormatException {
        int parameters = text.indexOf(';');
        String name = (parameters < 0 ? text : text.substring(0, parameters)).strip()
                .toLowerCase(Locale.ROOT);
        if (!GRAMMAR.matcher(name).matches()) {
            throw new ImageFormatException("not a media type: " + shown(text));
        }
        return new MediaType(name);
    }

    /** The documents a registry may answer with, in the order we like them. */
    public static List<MediaType> acceptedDocuments() {
        return List.of(OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST);
    }

    public Kind kind() {
        return KINDS.getOrDefault(name, Kind.UNKNOWN);
    }

    /** How the layer is packed; only meaningful for a {@link Kind#LAYER}. */
    public Compression compression() {
        if (name.endsWith("gzip")) {
            return Compression.GZIP;
        }
        return name.endsWith("zstd") ? Compression.ZSTD : Compression.NONE;
    }

    @Override
    public String toString() {
        return name;
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new HashMap<>();
        for (MediaType type : List.of(OCI_MANIFEST, DOCKER_MANIFEST)) {
            kinds.put(type.name, Kind.MANIFEST);
        }
        for (MediaType type : List.of(OCI_INDEX, DOCKER_INDEX)) {
            kinds.put(type.name, Kind.INDEX);
        }
        for (MediaType type : List.of(OCI_CONFIG, DOCKER_CONFIG)) {
            kinds.put(type.name, Kind.CONFIG);
        }
        for (MediaType type : List.of(OCI_LAYER, OCI_LAYER_GZIP, OCI_LAYER_ZSTD, DOCKER_LAYER,
                DOCKER_LAYER_GZIP, DOCKER_LAYER_ZSTD)) {
            kinds.put(type.name, Kind.LAYER);
        }
        for (String packing : List.of("tar", "tar+gzip", "tar+zstd")) {
            kinds.put("application/vnd.oci.image.layer.nondistributable.v1." + packing,
                    Kind.FOREIGN_LAYER);
        }
        kinds.put("application/vnd.docker.image.rootfs.foreign.diff.tar", Kind.FOREIGN_LAYER);
        kinds.put("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Kind.FOREIGN_LAYER);
        kinds.put("application/vnd.docker.distribution.manifest.v1+json", Kind.SCHEMA_1);
        kinds.put("application/vnd.docker.distribution.manifest.v1+prettyjws", Kind.SCHEMA_1);
        return Map.copyOf(kinds);
    }
}
