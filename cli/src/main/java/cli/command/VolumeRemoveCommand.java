package cli.command;

import api.node.RemoveVolumeRequest;
import api.node.RemoveVolumeResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Removes volumes. */
final class VolumeRemoveCommand implements OverNames {

    @Override
    public Syntax syntax() {
        return new Syntax("volume rm", "Remove one or more volumes, with all that is in them")
                .positionals("VOLUME [VOLUME...]", 1, Syntax.ANY)
                .flag('f', "force", "Ignore one that is not there");
    }

    @Override
    public void one(NodeClient client, String volume, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveVolume", RemoveVolumeRequest.newBuilder().setVolume(volume)
                .setForce(arguments.isOn("force")).build(), RemoveVolumeResponse.parser());
        console.println(volume);
    }
}
