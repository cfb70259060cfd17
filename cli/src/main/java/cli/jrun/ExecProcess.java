package cli.jrun;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import linux.abi.Capability;
import runtime.oci.JsonFile;
import runtime.oci.OciException;
import runtime.oci.OciRuntime;
import runtime.spec.Process;

/** The process {@code exec} runs: a file's, or the container's own with the words and options given. */
final class ExecProcess {
    private ExecProcess() {}

    static Function<Process, Process> of(Invocation call) throws OciException, IOException {
        Optional<Path> file = call.path("process");
        if (file.isPresent()) {
            Process process = OciRuntime.processOf(JsonFile.read(file.get()));
            return _ -> call.isOn("tty") ? withTerminal(process, true) : process;
        }
        List<String> words = call.words().subList(1, call.words().size());
        if (words.isEmpty()) {
            throw new OciException("jrun exec needs a command, or --process");
        }
        Optional<Process.User> user = call.value("user").isPresent()
                ? Optional.of(user(call)) : Optional.empty();
        Set<Capability> added = capabilities(call.values("cap"));
        return own -> changed(own, call, words, user, added);
    }

    private static Process changed(Process own, Invocation call, List<String> words,
            Optional<Process.User> user, Set<Capability> added) {
        List<String> environment = new ArrayList<>(own.env());
        environment.addAll(call.values("env"));
        return new Process(call.isOn("tty"), own.consoleSize(), user.orElse(own.user()), words,
                environment, call.value("cwd").orElse(own.cwd()),
                own.capabilities().map(sets -> with(sets, added)), own.rlimits(),
                own.noNewPrivileges() || call.isOn("no-new-privs"),
                call.value("apparmor").or(own::apparmorProfile),
                call.value("process-label").or(own::selinuxLabel), own.oomScoreAdj(),
                own.scheduler(), own.ioPriority());
    }

    private static Process.Capabilities with(Process.Capabilities sets, Set<Capability> added) {
        return added.isEmpty() ? sets : new Process.Capabilities(both(sets.bounding(), added),
                both(sets.effective(), added), sets.inheritable(), both(sets.permitted(), added),
                sets.ambient());
    }

    private static Set<Capability> both(Set<Capability> some, Set<Capability> more) {
        Set<Capability> all = EnumSet.copyOf(more);
        all.addAll(some);
        return all;
    }

    private static Set<Capability> capabilities(List<String> names) throws OciException {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (String name : names) {
            set.add(Capability.named(name).orElseThrow(() ->
                    new OciException("--cap " + name + ": capabilities(7) lists those there are")));
        }
        return set;
    }

    private static Process.User user(Invocation call) throws OciException {
        String text = call.value("user").orElseThrow();
        int colon = text.indexOf(':');
        try {
            long uid = Long.parseLong(colon < 0 ? text : text.substring(0, colon));
            long gid = colon < 0 ? 0 : Long.parseLong(text.substring(colon + 1));
            List<Long> groups = new ArrayList<>();
            for (String group : call.values("additional-gids")) {
                groups.add(Long.parseLong(group));
            }
            return new Process.User(uid, gid, OptionalInt.empty(), groups);
        } catch (NumberFormatException notOne) {
            throw new OciException("--user " + text + ": UID[:GID] is wanted, in numbers", notOne);
        }
    }

    private static Process withTerminal(Process process, boolean terminal) {
        return new Process(terminal, process.consoleSize(), process.user(), process.args(),
                process.env(), process.cwd(), process.capabilities(), process.rlimits(),
                process.noNewPrivileges(), process.apparmorProfile(), process.selinuxLabel(),
                process.oomScoreAdj(), process.scheduler(), process.ioPriority());
    }
}
