package runtime.image;

import java.util.Optional;

/** What an image name points to: one image, or an index of images for several platforms. */
public sealed interface ImageDocument permits Manifest, Index {

    /** The longest document that is read, in bytes. */
    int LIMIT_BYTES = JsonFields.LIMIT_BYTES;

    MediaType mediaType();

    /** The document as JSON; the same value gives the same bytes. */
    byte[] toJson();

    /**
     * Reads a manifest or an index.
     *
     * @param declared the type the document was served or described as; it must be the type the
     *         document gives itself, or one reader could take as a manifest what another takes as
     *         an index (CVE-2021-41190)
     * @throws ImageFormatException naming the field that is wrong, for any bytes whatever
     */
    static ImageDocument parse(byte[] json, Optional<MediaType> declared)
            throws ImageFormatException {
        JsonFields fields = JsonFields.read("manifest", json);
        MediaType type = type(fields, declared);
        return switch (type.kind()) {
            case MANIFEST -> Manifest.read(type, fields);
            case INDEX -> Index.read(type, fields);
            case SCHEMA_1 -> throw schema1();
            case CONFIG, LAYER, FOREIGN_LAYER, UNKNOWN -> throw new ImageFormatException(
                    "media type " + type + " is neither an image manifest nor an image index");
        };
    }

    private static MediaType type(JsonFields fields, Optional<MediaType> declared)
            throws ImageFormatException {
        if (fields.has("manifests") && (fields.has("layers") || fields.has("config"))) {
            throw new ImageFormatException("manifest has the fields of an image (layers, config)"
                    + " and of an index (manifests); it can only be one of them");
        }
        if (!fields.has("schemaVersion")) {
            throw fields.missing("schemaVersion");
        }
        long schemaVersion = fields.number("schemaVersion");
        if (schemaVersion == 1) {
            throw schema1();
        }
        if (schemaVersion != 2) {
            throw fields.invalid("schemaVersion", schemaVersion + " is not known; only 2 is");
        }
        Optional<MediaType> own = fields.mediaType("mediaType");
        Optional<MediaType> outer = declared.filter(ImageDocument::isTelling);
        if (own.isPresent() && outer.isPresent() && !own.equals(outer)) {
            throw new ImageFormatException("manifest calls itself " + own.get()
                    + " but is served as " + outer.get());
        }
        MediaType guessed =
                fields.has("manifests") ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
        return own.or(() -> outer).orElse(guessed);
    }

    // Some registries and file servers answer with a type that says nothing.
    private static boolean isTelling(MediaType type) {
        return switch (type.name()) {
            case "application/json", "text/plain", "application/octet-stream" -> false;
            default -> true;
        };
    }

    private static ImageFormatException schema1() {
        return new ImageFormatException("the manifest is of docker's schema 1, which is no longer"
                + " supported anywhere; push the image again with a docker newer than 1.10");
    }
}
