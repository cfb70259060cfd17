package overlaynet.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.Map;
import overlaynet.attach.DurableFile;
import overlaynet.cni.AddResult;
import overlaynet.cni.CniException;
import overlaynet.cni.PluginList;

/**
 * What was added for containers and has to be deleted again: {@code ID.json} per container, written
 * before the first plug-in runs, durably.
 */
final class PlaceFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".json";

    private final Path folder;

    PlaceFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * One network of a container.
     *
     * @param list    the configuration it was added with
     * @param link    {@code eth0}
     * @param runtime what the plug-ins were told, by capability
     * @param result  absent until the ADD is done
     */
    record Place(PluginList list, String link, ObjectNode runtime, Optional<AddResult> result) {
        Place with(AddResult done) {
            return new Place(list, link, runtime, Optional.of(done));
        }
    }

    /** What containers had; a damaged file is told about and left for the operator to look at. */
    record Contents(Map<String, List<Place>> places, List<String> warnings) {}

    Contents read() throws IOException {
        Map<String, List<Place>> places = new TreeMap<>();
        List<String> warnings = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.endsWith(SUFFIX)) {
                    Files.deleteIfExists(file); // left by a write that never ended
                    continue;
                }
                try {
                    places.put(name.substring(0, name.length() - SUFFIX.length()),
                            parse(JSON.readTree(Files.readString(file))));
                } catch (IOException | CniException damaged) {
                    warnings.add(file + " is damaged, so that what CNI plugins made for that"
                            + " container stays; remove the file once you have looked: "
                            + damaged.getMessage());
                }
            }
        } catch (NoSuchFileException never) {
            return new Contents(Map.of(), List.of());
        }
        return new Contents(places, warnings);
    }

    private static List<Place> parse(JsonNode tree) throws CniException, IOException {
        List<Place> places = new ArrayList<>();
        for (JsonNode each : tree.path("places")) {
            String link = each.path("link").asText();
            if (!(each.path("runtime") instanceof ObjectNode runtime)) {
                throw new IOException("it has no runtime");
            }
            places.add(new Place(PluginList.parse(each.path("list").asText()), link, runtime,
                    each.has("result")
                            ? Optional.of(AddResult.parse(each.path("result").toString(), link))
                            : Optional.empty()));
        }
        return places;
    }

    void write(String containerId, List<Place> places) throws IOException {
        ArrayNode list = JSON.createArrayNode();
        for (Place place : places) {
            ObjectNode node = list.addObject().put("list", place.list().text())
                    .put("link", place.link());
            node.set("runtime", place.runtime());
            place.result().ifPresent(result -> node.set("result", result.tree()));
        }
        Files.createDirectories(folder);
        DurableFile.write(folder.resolve(containerId + SUFFIX),
                JSON.writeValueAsBytes(JSON.createObjectNode().set("places", list)));
    }

    void delete(String containerId) throws IOException {
        Files.deleteIfExists(folder.resolve(containerId + SUFFIX));
    }
}
