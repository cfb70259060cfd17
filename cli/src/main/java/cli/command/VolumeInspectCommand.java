package cli.command;

import api.node.InspectVolumeRequest;
import api.node.InspectVolumeResponse;
import api.node.Volume;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints all there is to know about volumes, as JSON. */
final class VolumeInspectCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("volume inspect", "Print low-level information on volumes")
                .positionals("VOLUME [VOLUME...]", 1, Syntax.ANY)
                .value('f', "format", "string", "\"json\", or a template like {{.Mountpoint}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        int code = 0;
        List<Object> found = new ArrayList<>();
        try (NodeClient client = NodeClient.connect(console)) {
            for (String name : arguments.positionals()) {
                try {
                    found.add(object(client, name));
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                }
            }
        }
        InspectCommand.printValues(found, arguments, console);
        return code;
    }

    /** What there is to know of one. */
    static Map<String, Object> object(NodeClient client, String name)
            throws CallException, IOException {
        return object(client.unary("InspectVolume",
                InspectVolumeRequest.newBuilder().setVolume(name).build(),
                InspectVolumeResponse.parser()).getVolume());
    }

    private static Map<String, Object> object(Volume volume) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("CreatedAt", Times.stamp(volume.getCreatedUnixNanos()));
        object.put("Driver", "local");
        object.put("Labels", new TreeMap<String, Object>(volume.getLabelsMap()));
        object.put("Mountpoint", volume.getMountpoint());
        object.put("Name", volume.getName());
        object.put("Options", new TreeMap<String, Object>());
        object.put("Scope", "local");
        object.put("Anonymous", volume.getAnonymous());
        object.put("Containers", new ArrayList<Object>(volume.getContainersList()));
        return object;
    }
}
