package cli.command;

import api.cluster.RemoveFileRequest;
import api.cluster.RemoveFileResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Removes secrets or configs. */
final class FileRemoveCommand implements OverClusterNames {
    private final FileKind kind;

    FileRemoveCommand(FileKind kind) {
        this.kind = kind;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(kind.noun + " rm", "Remove one or more " + kind.noun + "s")
                .positionals("NAME [NAME...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String name, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveFile", RemoveFileRequest.newBuilder().setName(name)
                .setSecret(kind == FileKind.SECRET).build(), RemoveFileResponse.parser());
        console.println(name);
    }
}
