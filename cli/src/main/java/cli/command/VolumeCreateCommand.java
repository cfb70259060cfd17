package cli.command;

import api.node.CreateVolumeRequest;
import api.node.CreateVolumeResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Makes a volume. */
final class VolumeCreateCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("volume create", "Make a volume")
                .positionals("[VOLUME]", 0, 1)
                .value('d', "driver", "string", "Only \"local\" (default)")
                .value("label", "list", "Set metadata on the volume")
                .value("name", "string", "Same as VOLUME");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (!arguments.value("driver", "local").equals("local")) {
            throw Arguments.invalid("driver", arguments.value("driver"),
                    "volumes are kept on this machine: the only driver is local");
        }
        CreateVolumeRequest.Builder request = CreateVolumeRequest.newBuilder()
                .setName(arguments.positionals().isEmpty() ? arguments.value("name")
                        : arguments.positional(0));
        for (String label : arguments.values("label")) {
            int equals = label.indexOf('=');
            request.putLabels(equals < 0 ? label : label.substring(0, equals),
                    equals < 0 ? "" : label.substring(equals + 1));
        }
        try (NodeClient client = NodeClient.connect(console)) {
            console.println(client.unary("CreateVolume", request.build(),
                    CreateVolumeResponse.parser()).getVolume().getName());
        }
        return 0;
    }
}
