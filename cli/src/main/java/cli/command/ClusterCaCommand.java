package cli.command;

import api.cluster.AuthorityView;
import api.cluster.RotateAuthorityRequest;
import api.cluster.RotateAuthorityResponse;
import api.cluster.ShowAuthorityRequest;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Shows the cluster's root, or has it exchanged. */
final class ClusterCaCommand implements Command {
    /** Managers may elect a leader meanwhile. */
    private static final long SILENCE_SECONDS = 60;
    private static final int BRIEF_DIGITS = 12;

    @Override
    public Syntax syntax() {
        return new Syntax("cluster ca", "Show the root certificate of the cluster, or exchange it")
                .flag("rotate", "Exchange it, or follow the exchange under way")
                .value("ca-cert", "file", "With --rotate: the new root, PEM, instead of one made here")
                .value("ca-key", "file", "With --ca-cert: its private key, PKCS#8 PEM on P-256, not encrypted")
                .value("cert-expiry", "duration", "With --rotate: how long certificates hold from then on, like 2160h")
                .flag('d', "detach", "With --rotate: do not wait until every node has a new certificate")
                .flag("finish", "End the exchange under way now: nodes without a new certificate must join again")
                .flag('q', "quiet", "Show no progress");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean rotate = arguments.isOn("rotate");
        boolean finish = arguments.isOn("finish");
        check(arguments, rotate, finish);
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            AuthorityView before = show(client);
            if (!rotate && !finish) {
                console.print(before.getRoot());
                if (!before.getOldDigest().isEmpty()) {
                    console.say(progress(before) + ": " + before.getWhy());
                }
                return 0;
            }
            boolean under = !before.getOldDigest().isEmpty();
            boolean follows = rotate && under && !arguments.has("ca-cert") && !arguments.has("cert-expiry");
            if (!follows) {
                client.unary("RotateAuthority", request(arguments, finish), RotateAuthorityResponse.parser());
            }
            if (!arguments.isOn("detach")) {
                AuthorityView after = follow(client, arguments.isOn("quiet"), console);
                console.print(after.getRoot());
                sayPeople(after, console);
            }
        }
        return 0;
    }

    private static void check(Arguments arguments, boolean rotate, boolean finish) throws UsageException {
        if (rotate && finish) {
            throw new UsageException("--rotate and --finish exclude each other: one begins, the other ends");
        }
        for (String option : new String[] {"ca-cert", "ca-key", "cert-expiry"}) {
            if (arguments.has(option) && !rotate) {
                throw new UsageException("--" + option + " goes with --rotate");
            }
        }
        if (arguments.has("ca-cert") != arguments.has("ca-key")) {
            throw new UsageException("--ca-cert and --ca-key go together: a root and its key");
        }
        if (arguments.has("cert-expiry") && arguments.millis("cert-expiry") < 1000) {
            throw Arguments.invalid("cert-expiry", arguments.value("cert-expiry"), "expected a second or more");
        }
    }

    private static RotateAuthorityRequest request(Arguments arguments, boolean finish)
            throws UsageException, IOException {
        RotateAuthorityRequest.Builder request = RotateAuthorityRequest.newBuilder().setFinish(finish)
                .setLifetimeMillis(arguments.has("cert-expiry") ? arguments.millis("cert-expiry") : 0);
        if (arguments.has("ca-cert")) {
            request.setCertificate(Files.readString(Path.of(arguments.value("ca-cert"))))
                    .setKey(Files.readString(Path.of(arguments.value("ca-key"))));
        }
        return request.build();
    }

    private static AuthorityView show(NodeClient client) throws CallException, IOException {
        return client.unary("ShowAuthority", ShowAuthorityRequest.getDefaultInstance(), AuthorityView.parser());
    }

    /** Until one root is left; who stops waiting leaves the exchange to the managers. */
    private static AuthorityView follow(NodeClient client, boolean quiet, Console console)
            throws CallException, IOException {
        String said = "";
        long heardNanos = System.nanoTime();
        try (Interruption interruption = new Interruption()) {
            while (true) {
                try {
                    AuthorityView now = show(client);
                    heardNanos = System.nanoTime();
                    if (now.getOldDigest().isEmpty()) {
                        return now;
                    }
                    String line = progress(now) + (now.getBehindCount() == 0 ? ""
                            : "; waiting for " + String.join(", ", now.getBehindList()));
                    if (!quiet && !line.equals(said)) {
                        console.say(line);
                    }
                    said = line;
                } catch (CallException silent) {
                    if (silent.code() != CallException.UNAVAILABLE
                            || System.nanoTime() - heardNanos > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
                        throw silent;
                    }
                }
                if (interruption.pause()) {
                    throw new IOException("not waited for any longer; the managers carry the exchange on, and"
                            + " `jctl cluster ca --rotate` follows it again");
                }
            }
        }
    }

    /** How far it is. */
    static String progress(AuthorityView now) {
        return "root " + now.getDigest().substring(0, BRIEF_DIGITS) + " follows "
                + now.getOldDigest().substring(0, BRIEF_DIGITS) + ": " + (now.getNodes() - now.getBehindCount()) + " of "
                + now.getNodes() + " nodes have a certificate of it";
    }

    private static void sayPeople(AuthorityView now, Console console) throws IOException {
        if (now.getPeopleCount() > 0) {
            console.say("people need new certificates, by `jctl cluster user add`: "
                    + String.join(", ", now.getPeopleList()));
        }
    }
}
