package clusterd.template;

import api.node.CreateContainerRequest;
import api.node.Mount;
import clusterd.model.FileReference;
import clusterd.model.TaskTemplate;
import clusterd.session.AssignedFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a container of {@code jctl run} can be and a service's task cannot: all of it at once. */
public final class ContainerTemplateCheck {
    private static final String OTHER_CONTAINER = "container:";
    private static final int ALL_MODE_BITS = 07777;

    private final List<String> problems = new ArrayList<>();

    private ContainerTemplateCheck() {
    }

    /** A sentence for each; none if the template is one of a service. */
    public static List<String> problems(TaskTemplate template) {
        ContainerTemplateCheck check = new ContainerTemplateCheck();
        check.that(!template.container().image().isBlank(), "a service's task needs an image");
        try {
            CreateContainerRequest options = TaskContainerRequest.decode(template.container());
            check.identity(options, template.container().image());
            check.otherContainers(options);
            check.placeholders(options);
            check.files(options, template);
            check.problems.addAll(DeviceRequests.problems(template));
        } catch (TemplateException malformed) {
            check.problems.add(malformed.getMessage());
        }
        return List.copyOf(check.problems);
    }

    /**
     * The same of a service that may be one of unique tasks.
     *
     * @param unique whether no two of a task may run at once
     */
    public static List<String> problems(TaskTemplate template, boolean unique) {
        List<String> problems = new ArrayList<>(problems(template));
        if (unique && sharesProcesses(template)) {
            problems.add("--unique and --pid host exclude each other: processes in the host's PID namespace would"
                    + " go on when the node's lease ends the task; leave one of them out");
        }
        return List.copyOf(problems);
    }

    private static boolean sharesProcesses(TaskTemplate template) {
        try {
            return !TaskContainerRequest.decode(template.container()).getPidMode().isEmpty();
        } catch (TemplateException malformed) {
            return false; // told already
        }
    }

    private void that(boolean holds, String otherwise) {
        if (!holds) {
            problems.add(otherwise);
        }
    }

    private void identity(CreateContainerRequest options, String image) {
        that(options.getImage().isEmpty() || options.getImage().equals(image),
                "the options are of image " + options.getImage() + ", the template is of " + image);
        that(options.getName().isEmpty(), "--name " + options.getName()
                + ": each task's container has a name of its own, after the service");
        that(!options.getAutoRemove(), "--rm: a task's container is kept for its log until the task is removed");
        that(options.getRestart().isEmpty() || options.getRestart().equals("no"), "--restart "
                + options.getRestart() + ": what follows a task's end is the service's restart condition");
        that(!options.getTty() || !options.getInteractive(),
                "-i with -t: nobody is at a task's terminal; leave one of them out");
        that(options.getIsolateList().isEmpty(), "--isolate: a task has all the isolation there is");
        for (String label : options.getLabelsMap().keySet()) {
            that(!label.startsWith(TaskNames.OWN_LABELS), "label " + label + ": names that begin with "
                    + TaskNames.OWN_LABELS + " are jctl's own");
        }
    }

    private void otherContainers(CreateContainerRequest options) {
        Map<String, String> modes = Map.of("network", options.getNetworkMode(), "pid", options.getPidMode(),
                "ipc", options.getIpcMode());
        for (String flag : List.of("network", "pid", "ipc")) {
            that(!modes.get(flag).startsWith(OTHER_CONTAINER), "--" + flag + " " + modes.get(flag)
                    + ": a task's node need not have that container");
        }
        that(options.getVolumesFromCount() == 0, "--volumes-from "
                + String.join(", ", options.getVolumesFromList()) + ": name the volumes instead");
    }

    private void placeholders(CreateContainerRequest options) {
        Stream<String> texts = Stream.of(Stream.of(options.getHostname()), options.getEnvList().stream(),
                options.getMountsList().stream().map(Mount::getSource)).flatMap(each -> each);
        texts.forEach(text -> {
            try {
                Placeholders.expand(text, (_, _) -> Optional.of("x"));
            } catch (TemplateException unknown) {
                problems.add(unknown.getMessage());
            }
        });
    }

    private void files(CreateContainerRequest options, TaskTemplate template) {
        Set<String> targets = new HashSet<>();
        options.getMountsList().forEach(mount -> targets.add(mount.getTarget()));
        template.secrets().forEach(each -> file("secret", each, true, targets));
        template.configs().forEach(each -> file("config", each, false, targets));
    }

    private void file(String kind, FileReference file, boolean secret, Set<String> targets) {
        String target = TaskContainerRequest.target(new AssignedFile(file.name(), secret, file.target(),
                file.userId(), file.groupId(), file.mode(), new byte[0]));
        String what = kind + " " + file.name();
        that(Stream.of(target.split("/")).noneMatch(part -> part.equals("..") || part.equals("."))
                && !target.endsWith("/") && target.indexOf(0) < 0,
                what + ": its target " + target + " must be a file's path without . and ..");
        that(targets.add(target), what + ": its target " + target + " is another file's or mount's");
        that((file.mode() & ~ALL_MODE_BITS) == 0, what + ": its mode " + Integer.toOctalString(file.mode())
                + " has more than permission bits");
        that(file.userId() >= 0 && file.groupId() >= 0, what + ": its owner " + file.userId() + ":"
                + file.groupId() + " is negative");
    }
}
