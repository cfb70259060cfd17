package cli.command;

import api.node.RemoveImageRequest;
import api.node.RemoveImageResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Removes images. */
final class ImageRemoveCommand implements OverNames {
    private final String name;

    ImageRemoveCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Remove one or more images")
                .positionals("IMAGE [IMAGE...]", 1, Syntax.ANY)
                .flag('f', "force", "Also one with several names or stopped containers");
    }

    @Override
    public void one(NodeClient client, String image, Arguments arguments, Console console)
            throws CallException, IOException {
        boolean force = arguments.isOn("force");
        RemoveImageResponse response;
        try {
            response = client.unary("RemoveImage", RemoveImageRequest.newBuilder().setImage(image)
                    .setForce(force).build(), RemoveImageResponse.parser());
        } catch (CallException e) {
            if (!force || e.code() != CallException.NOT_FOUND) {
                throw e;
            }
            console.say("jctl: " + e.getMessage());
            return;
        }
        for (String name : response.getUntaggedList()) {
            console.println("Untagged: " + name);
        }
        for (String digest : response.getDeletedList()) {
            console.println("Deleted: " + digest);
        }
    }
}
