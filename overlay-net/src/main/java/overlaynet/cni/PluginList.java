package overlaynet.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.core.JsonFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A network configuration: plug-ins that are run one after the other.
 *
 * @param name    of the network
 * @param version of CNI that is spoken with its plug-ins
 * @param plugins their configurations, as they stand in the list
 * @param text    the list itself
 */
public record PluginList(String name, String version, List<ObjectNode> plugins, String text) {
    /** Those whose results have the form this package reads, oldest first. */
    private static final List<String> VERSIONS =
            List.of("0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64)
                    .maxStringLength(1 << 20).build()).build()).build();

    public PluginList {
        plugins = List.copyOf(plugins);
    }

    /**
     * Reads a list, or a single plug-in's configuration, which is a list of one.
     *
     * @throws CniException saying what is wrong with it
     */
    public static PluginList parse(String text) throws CniException {
        ObjectNode tree = object(text);
        String name = tree.path("name").asText("");
        if (!NAME.matcher(name).matches()) {
            throw invalid("its name, \"" + name + "\", is not of letters, digits, dots, dashes and"
                    + " underscores");
        }
        List<ObjectNode> plugins = new ArrayList<>();
        if (tree.has("plugins")) {
            for (JsonNode plugin : tree.path("plugins")) {
                if (!(plugin instanceof ObjectNode object)) {
                    throw invalid("one of its plugins is no object");
                }
                plugins.add(object);
            }
        } else {
            plugins.add(tree);
        }
        if (plugins.isEmpty()) {
            throw invalid("it has no plugins");
        }
        for (ObjectNode plugin : plugins) {
            if (!NAME.matcher(plugin.path("type").asText("")).matches()) {
                throw invalid("a plugin's type, \"" + plugin.path("type").asText("")
                        + "\", is no program's name");
            }
        }
        return new PluginList(name, version(tree), plugins, text);
    }

    /** The newest of those offered that is known. */
    private static String version(ObjectNode tree) throws CniException {
        List<String> offered = new ArrayList<>();
        offered.add(tree.path("cniVersion").asText("0.1.0"));
        tree.path("cniVersions").forEach(each -> offered.add(each.asText("")));
        return VERSIONS.reversed().stream().filter(offered::contains).findFirst()
                .orElseThrow(() -> invalid("it is of CNI version " + String.join(", ", offered)
                        + "; known here are " + String.join(", ", VERSIONS)));
    }

    static ObjectNode object(String text) throws CniException {
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException malformed) {
            throw invalid("it is not valid JSON: " + malformed.getOriginalMessage());
        }
        throw invalid("it is no JSON object");
    }

    static CniException invalid(String message) {
        return new CniException(CniException.Kind.INVALID, message);
    }

    /** The program of a plug-in. */
    public static String type(ObjectNode plugin) {
        return plugin.path("type").asText();
    }

    /** Whether a plug-in says it can do something with what the runtime knows. */
    public boolean hasCapability(String capability) {
        return plugins.stream().anyMatch(each -> hasCapability(each, capability));
    }

    private static boolean hasCapability(ObjectNode plugin, String capability) {
        return plugin.path("capabilities").path(capability).asBoolean(false);
    }

    /**
     * What a plug-in reads from standard input.
     *
     * @param plugin   one of this list
     * @param runtime  what the runtime knows, by capability; each plug-in is told what it asks for
     * @param previous the result so far
     */
    public byte[] input(ObjectNode plugin, ObjectNode runtime, Optional<ObjectNode> previous) {
        ObjectNode input = plugin.deepCopy();
        input.put("name", name).put("cniVersion", version);
        input.remove("capabilities");
        ObjectNode known = JSON.createObjectNode();
        runtime.properties().forEach(entry -> {
            if (hasCapability(plugin, entry.getKey())) {
                known.set(entry.getKey(), entry.getValue());
            }
        });
        if (!known.isEmpty()) {
            input.set("runtimeConfig", known);
        }
        previous.ifPresent(result -> input.set("prevResult", result));
        try {
            return JSON.writeValueAsBytes(input);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    /**
     * What a plug-in that failed says of it.
     *
     * @param command ADD or DEL
     * @param status  its exit status
     * @param output  its standard output
     * @param errors  what it wrote to standard error
     */
    public CniException failure(String type, String command, int status, String output,
            String errors) {
        String told;
        try {
            ObjectNode error = object(output);
            told = "code " + error.path("code").asInt() + ": " + oneLine(error.path("msg").asText(""))
                    + (error.path("details").asText("").isEmpty() ? ""
                            : " (" + oneLine(error.path("details").asText()) + ")");
        } catch (CniException none) {
            String text = oneLine(output.isBlank() ? errors : output);
            told = "exit status " + status + (text.isEmpty() ? ", and it said nothing" : ": " + text);
        }
        return failed(type, command, told);
    }

    /** A plug-in that did not do what it is there for. */
    public CniException failed(String type, String command, String why) {
        return new CniException(CniException.Kind.PLUGIN_FAILED, "the CNI plugin " + type
                + " of the network " + name + " failed at " + command + ", " + why);
    }

    /** What is printed may hold anything. */
    private static String oneLine(String text) {
        String line = text.strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() <= 500 ? line : line.substring(0, 499) + "…";
    }
}
