package cli.command;

import api.cluster.Service;
import api.cluster.ServiceSpec;
import api.cluster.UpdateServiceRequest;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Changes a service: what an option names takes the place of what was said before; the rest stays. */
final class ServiceUpdateCommand implements Command {
    private static final String ADD = "-add";
    private static final String REMOVE = "-rm";
    /** Options of run that end like an addition, but are names of their own. */
    private static final Set<String> NO_ADDITIONS = Set.of("cap-add", "group-add");
    /** What says how the command goes about it, not what the service is. */
    private static final Set<String> OF_THE_COMMAND = Set.of("detach", "quiet", "force", "rollback");

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax("service update", "Update a service").positionals("SERVICE", 1, 1);
        ServiceOptions.addWaiting(ServiceOptions.addTo(syntax))
                .value("image", "string", "Another image")
                .value("args", "command", "Another command, as a shell would part its words")
                .flag("force", "Make every task again, although nothing else changes")
                .flag("rollback", "Revert the last change; the same as service rollback");
        AutoscaleFlags.addRemoval(syntax);
        syntax.value("group-rm", "list", "Remove from what --group said, by its name");
        for (String kind : new String[] {"env", "label", "container-label", "constraint", "placement-pref",
            "publish", "secret", "config", "mount", "generic-resource", "resource", "host", "dns", "dns-option", "dns-search",
            "sysctl", "ulimit", "srv"}) {
            syntax.value(kind + ADD, "list", "Add to what --" + kind + " said, or change it")
                    .value(kind + REMOVE, "list", "Remove from what --" + kind + " said, by "
                            + switch (kind) {
                                case "constraint", "placement-pref", "dns", "dns-option", "dns-search" ->
                                        "the same words";
                                case "publish" -> "the container's port";
                                case "mount" -> "its target";
                                default -> "its name";
                            });
        }
        return syntax;
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String name = arguments.positional(0);
        if (arguments.isOn("rollback")) {
            for (String option : arguments.names()) {
                if (!OF_THE_COMMAND.contains(option) || option.equals("force")) {
                    throw new UsageException("--rollback goes back to what was before: it cannot be combined"
                            + " with --" + option);
                }
            }
            try (NodeClient client = NodeClient.connectToCluster(console)) {
                return ServiceRollbackCommand.run(client, name, arguments, console);
            }
        }
        // Every word is looked at before anything is asked.
        changed(ServiceSpec.getDefaultInstance(), arguments, console);
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            Service before = new ServiceEdit(console, client, name, spec -> {
                ServiceSpec.Builder changed = changed(spec, arguments, console);
                changed.setMode(ModeFlags.changed(spec.getMode(), arguments));
                AutoscaleFlags.change(changed, arguments);
                return UpdateServiceRequest.newBuilder().setSpec(changed);
            }).run();
            console.println(name);
            return arguments.isOn("detach") ? 0
                    : new ServiceWaiting(console, client, name, arguments.isOn("quiet"))
                            .await(Convergence.Wish.RUN, ServiceEdit.before(before));
        }
    }

    /** The spec with what was said in place of what was; the mode stays. */
    static ServiceSpec.Builder changed(ServiceSpec spec, Arguments arguments, Console console)
            throws UsageException, IOException {
        ServiceParts parts = new ServiceParts(spec);
        ServiceRemovals removals = new ServiceRemovals(parts);
        Arguments said = new Arguments();
        // First what goes, then what comes in its place.
        for (String option : arguments.names()) {
            if (option.endsWith(REMOVE)) {
                for (String word : arguments.values(option)) {
                    removals.remove(option.substring(0, option.length() - REMOVE.length()), word);
                }
            } else if (!isAddition(option)) {
                parts.forget(option);
                for (String value : arguments.values(option)) {
                    said.addOption(option, value);
                }
            }
        }
        for (String option : arguments.names()) {
            if (isAddition(option)) {
                String kind = option.substring(0, option.length() - ADD.length());
                for (String word : arguments.values(option)) {
                    removals.replace(kind, word);
                    said.addOption(kind, word);
                }
            }
        }
        for (PublishedPort port : PublishedPort.all("publish-add", arguments)) {
            removals.port(port);
        }
        said.addPositional(arguments.value("image", spec.getTask().getContainer().getImage()));
        for (String word : words(arguments.value("args"))) {
            said.addPositional(word);
        }
        if (arguments.isOn("force")) {
            parts.task.setForce(parts.task.getForce() + 1);
        }
        // Bytes and not a message: of a message, numbers that were set to 0 would be left out.
        return parts.whole().mergeFrom(ServiceRequest.said(said, console));
    }

    private static boolean isAddition(String option) {
        return option.endsWith(ADD) && !NO_ADDITIONS.contains(option);
    }

    /** Words parted as a shell does it: by white space, but for what is in quotes or behind a backslash. */
    static List<String> words(String line) throws UsageException {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char character = line.charAt(i);
            boolean space = quote == 0 && Character.isWhitespace(character);
            if (space) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (character == quote) {
                quote = 0;
            } else if (quote == 0 && (character == '"' || character == '\'')) {
                quote = character;
            } else if (character == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else {
                word.append(character);
            }
        }
        if (quote != 0) {
            throw Arguments.invalid("args", line, "a quotation mark is not closed");
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
