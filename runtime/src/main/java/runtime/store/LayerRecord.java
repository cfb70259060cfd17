package runtime.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import runtime.image.Digest;
import runtime.image.ImageFormatException;

/**
 * {@code layer.json}: what an unpacked layer is.
 *
 * @param chainId       names it and everything below it
 * @param diffId        digest of its uncompressed archive
 * @param unpackedBytes length of that archive
 * @param entries       files, folders and links in it
 * @param bootId        of the running kernel when it was unpacked ({@code random(4)}): until
 *                      {@code synced} lies beside it, only that kernel is known to have all of it
 */
record LayerRecord(Digest chainId, Digest diffId, long unpackedBytes, long entries,
                   String bootId) {
    static final String FILE_NAME = "layer.json";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The record in a layer's folder, or empty if there is none or it is torn. */
    static Optional<LayerRecord> read(Path layerFolder) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(Files.readAllBytes(layerFolder.resolve(FILE_NAME)));
            return Optional.of(new LayerRecord(Digest.parse(node.path("chainId").asText()),
                    Digest.parse(node.path("diffId").asText()),
                    node.path("unpackedBytes").asLong(), node.path("entries").asLong(),
                    node.path("bootId").asText()));
        } catch (NoSuchFileException | JsonProcessingException | ImageFormatException e) {
            // A power failure before the layer was synced can leave this; such a layer is dropped.
            return Optional.empty();
        }
    }

    void write(Path layerFolder) throws IOException {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("chainId", chainId.toString());
        node.put("diffId", diffId.toString());
        node.put("unpackedBytes", unpackedBytes);
        node.put("entries", entries);
        node.put("bootId", bootId);
        Files.write(layerFolder.resolve(FILE_NAME), MAPPER.writeValueAsBytes(node));
    }
}
