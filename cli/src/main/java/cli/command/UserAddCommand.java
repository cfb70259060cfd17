package cli.command;

import api.cluster.AddUserRequest;
import api.cluster.AddUserResponse;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Lets a person call the cluster from elsewhere. */
final class UserAddCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster user add", "Make a certificate for a person")
                .positionals("NAME", 1, 1)
                .value("role", "string", "What the person may: viewer (default), operator, admin")
                .value('o', "output", "file", "Where to write key and certificate (default NAME.pem)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String name = arguments.positional(0);
        String role = arguments.value("role", "viewer");
        switch (role) {
            case "viewer", "operator", "admin" -> { }
            default -> throw Arguments.invalid("role", role, "expected viewer, operator or admin");
        }
        AddUserResponse user;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            user = client.unary("AddUser", AddUserRequest.newBuilder().setName(name).setRole(role).build(),
                    AddUserResponse.parser());
        }
        Path file = Path.of(arguments.value("output", name + ".pem")).toAbsolutePath();
        Path unfinished = Files.createTempFile(file.getParent(), ".jctl-", ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(unfinished, user.getBundle());
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        console.println(file + ": key, certificate and roots of the " + role + " " + name + ", good until "
                + Times.readable(user.getExpiresMillis() * 1_000_000) + ", for the managers at "
                + String.join(", ", user.getAddressesList()));
        return 0;
    }
}
