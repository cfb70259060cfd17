package runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Images for several platforms under one name (OCI image-spec image-index.md, docker "manifest
 * list"). Also the shape of {@code index.json} in an image layout. Entries of types that are not
 * images, such as attestations, are kept but never selected.
 */
public record Index(MediaType mediaType, List<Descriptor> manifests,
        Map<String, String> annotations) implements ImageDocument {

    private static final int ENTRY_LIMIT = 10_000;

    public Index {
        if (mediaType.kind() != MediaType.Kind.INDEX) {
            throw new IllegalArgumentException("not an index's type: " + mediaType);
        }
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    /**
     * Reads an index and refuses the manifest of one image.
     *
     * @param declared the type it was served or described as, see {@link ImageDocument#parse}
     */
    public static Index parse(byte[] json, Optional<MediaType> declared)
            throws ImageFormatException {
        return switch (ImageDocument.parse(json, declared)) {
            case Index index -> index;
            case Manifest manifest -> throw new ImageFormatException(
                    "expected an index of images, got the manifest of one image");
        };
    }

    static Index read(MediaType type, JsonFields fields) throws ImageFormatException {
        List<Descriptor> manifests = new ArrayList<>();
        for (JsonFields entry : fields.objects("manifests", ENTRY_LIMIT)) {
            manifests.add(Descriptor.read(entry));
        }
        return new Index(type, manifests, fields.textMap("annotations"));
    }

    /**
     * The entry that runs best on {@code wanted}: the nearest variant, the first of equals. An
     * entry without platform is taken only when no entry names one.
     *
     * @throws ImageFormatException naming the platforms there are
     */
    public Descriptor select(Platform wanted) throws ImageFormatException {
        Optional<Descriptor> best = Optional.empty();
        int bestDistance = Integer.MAX_VALUE;
        for (Descriptor entry : manifests) {
            if (!isImage(entry) || entry.platform().isEmpty()) {
                continue;
            }
            OptionalInt distance = wanted.distance(entry.platform().get());
            if (distance.isPresent() && distance.getAsInt() < bestDistance) {
                best = Optional.of(entry);
                bestDistance = distance.getAsInt();
            }
        }
        if (best.isEmpty() && manifests.stream().allMatch(m -> m.platform().isEmpty())) {
            best = manifests.stream().filter(Index::isImage).findFirst();
        }
        return best.orElseThrow(() -> new ImageFormatException("the image is not made for " + wanted
                + "; it is made for " + platforms()));
    }

    @Override
    public byte[] toJson() {
        ObjectNode node = JsonFields.newObject();
        node.put("schemaVersion", 2);
        node.put("mediaType", mediaType.name());
        ArrayNode array = node.putArray("manifests");
        manifests.forEach(manifest -> array.add(manifest.toNode()));
        Descriptor.writeAnnotations(node, annotations);
        return JsonFields.write(node);
    }

    private static boolean isImage(Descriptor entry) {
        return switch (entry.mediaType().kind()) {
            case MANIFEST, INDEX -> true;
            case CONFIG, LAYER, FOREIGN_LAYER, SCHEMA_1, UNKNOWN -> false;
        };
    }

    private String platforms() {
        List<String> names = manifests.stream()
                .filter(Index::isImage)
                .flatMap(entry -> entry.platform().stream())
                .filter(platform -> !platform.os().equals("unknown"))
                .map(Platform::toString)
                .distinct()
                .limit(20)
                .map(name -> ImageFormatException.shown(name).replace("\"", ""))
                .toList();
        return names.isEmpty() ? "no platform at all" : String.join(", ", names);
    }
}
