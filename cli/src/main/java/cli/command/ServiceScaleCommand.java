package cli.command;

import api.cluster.Mode;
import api.cluster.Service;
import api.cluster.ServiceSpec;
import api.cluster.UpdateServiceRequest;
import cli.transport.CallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives services other numbers of tasks. */
final class ServiceScaleCommand implements Command {

    @Override
    public Syntax syntax() {
        return ServiceOptions.addWaiting(new Syntax("service scale", "Scale one or more services")
                .positionals("SERVICE=REPLICAS [SERVICE=REPLICAS...]", 1, Syntax.ANY));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        for (String word : arguments.positionals()) {
            int equals = word.lastIndexOf('=');
            if (equals <= 0) {
                throw new UsageException("invalid scale specifier \"" + word + "\": expected SERVICE=REPLICAS,"
                        + " as in web=3");
            }
            if (wanted.put(word.substring(0, equals), number(word, word.substring(equals + 1))) != null) {
                throw new UsageException("service " + word.substring(0, equals) + " is given two numbers");
            }
        }
        int code = 0;
        Map<String, Convergence.Before> changed = new LinkedHashMap<>();
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            for (Map.Entry<String, Integer> each : wanted.entrySet()) {
                String name = each.getKey();
                try {
                    Service before = new ServiceEdit(console, client, name,
                            spec -> scaled(spec, name, each.getValue())).run();
                    console.println(name + " scaled to " + each.getValue());
                    changed.put(name, ServiceEdit.before(before));
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                }
            }
            if (!arguments.isOn("detach")) {
                for (Map.Entry<String, Convergence.Before> each : changed.entrySet()) {
                    code = Math.max(code, new ServiceWaiting(console, client, each.getKey(),
                            arguments.isOn("quiet")).await(Convergence.Wish.RUN, each.getValue()));
                }
            }
        }
        return code;
    }

    private static int number(String word, String text) throws UsageException {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException("invalid scale specifier \"" + word + "\": \"" + text
                    + "\" is no whole number up to " + Integer.MAX_VALUE);
        }
        throw new UsageException("invalid scale specifier \"" + word + "\": a number below 0");
    }

    private static UpdateServiceRequest.Builder scaled(ServiceSpec spec, String name, int number)
            throws UsageException {
        Mode mode = spec.getMode();
        return UpdateServiceRequest.newBuilder().setSpec(spec.toBuilder().setMode(switch (mode.getIsCase()) {
            case REPLICATED -> Mode.newBuilder().setReplicated(
                    mode.getReplicated().toBuilder().setReplicas(number)).build();
            case JOB -> Mode.newBuilder().setJob(
                    mode.getJob().toBuilder().setCompletions(number)).build();
            case PER_SITE -> Mode.newBuilder().setPerSite(
                    mode.getPerSite().toBuilder().setReplicas(number)).build();
            case GLOBAL_JOB -> throw new UsageException("service " + name
                    + " cannot be scaled: a global job runs once on each node that suits");
            case GLOBAL, CRON, IS_NOT_SET -> throw new UsageException("service " + name
                    + " cannot be scaled: only those of mode replicated, per site and replicated-job can");
        }));
    }
}
