package cli.jrun;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import linux.abi.Signal;
import linux.syscall.Processes;
import runtime.launch.HandedLauncher;
import runtime.oci.Bundle;
import runtime.oci.ContainerRecord;
import runtime.oci.ContainerStatus;
import runtime.oci.CreateOptions;
import runtime.oci.ExampleSpec;
import runtime.oci.ExecRequest;
import runtime.oci.JsonFile;
import runtime.oci.OciException;
import runtime.oci.OciRuntime;
import runtime.spec.Resources;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;
import runtime.spec.SpecWriter;

/** Carries out one call. */
final class Commands {
    private final OciRuntime runtime;
    private final PrintStream output;

    Commands(Path root, PrintStream output, ErrorLog log) {
        this.runtime = new OciRuntime(root, log::warn);
        this.output = output;
    }

    /** @return the exit code */
    int run(Invocation call) throws OciException, IOException {
        switch (call.command()) {
            case "create" -> runtime.create(creation(call));
            case "run" -> {
                return runContainer(call);
            }
            case "start" -> runtime.start(only(call));
            case "state" -> output.print(Views.pretty(Views.state(runtime.state(only(call)))));
            case "kill" -> kill(call);
            case "delete" -> runtime.delete(only(call), call.isOn("force"));
            case "exec" -> {
                return exec(call);
            }
            case "list" -> list(call);
            case "ps" -> ps(call);
            case "pause" -> runtime.pause(only(call), true);
            case "resume" -> runtime.pause(only(call), false);
            case "update" -> runtime.update(only(call), resources(call));
            case "events" -> events(call);
            case "features" -> output.print(Views.pretty(Features.json()));
            case "spec" -> spec(call);
            default -> throw new OciException("'" + call.command() + "' is no command of jrun");
        }
        return 0;
    }

    private static String only(Invocation call) throws OciException {
        call.atMost(1);
        return call.id();
    }

    private static CreateOptions creation(Invocation call) throws OciException {
        Path bundle = call.path("bundle").orElse(Path.of("").toAbsolutePath()).normalize();
        int listening = listening();
        int preserved = call.number("preserve-fds", HandedLauncher.MAX_PRESERVED);
        return new CreateOptions(only(call), bundle, call.path("pid-file"),
                call.path("console-socket"), Math.max(preserved, listening), listening,
                call.isSystemd());
    }

    /** Sockets a service manager has opened for the program ({@code sd_listen_fds(3)}). */
    private static int listening() throws OciException {
        String count = System.getenv("LISTEN_FDS");
        if (count == null || count.isEmpty()) {
            return 0;
        }
        try {
            int number = Integer.parseInt(count);
            if (number >= 0 && number <= HandedLauncher.MAX_PRESERVED) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            throw new OciException("LISTEN_FDS=" + count + " is not a number", notOne);
        }
        throw new OciException("LISTEN_FDS=" + count + ": at most " + HandedLauncher.MAX_PRESERVED
                + " sockets can be handed on");
    }

    private int runContainer(Invocation call) throws OciException, IOException {
        CreateOptions options = creation(call);
        boolean detach = call.isOn("detach");
        if (!detach) {
            Processes.adoptOrphans();
        }
        ContainerRecord record = runtime.create(options);
        boolean started = false;
        try {
            if (!detach) {
                Signals.forward(record);
            }
            runtime.start(options.id());
            started = true;
            if (detach) {
                return 0;
            }
            return runtime.await(record);
        } finally {
            if (!started || !detach && !call.isOn("keep")) {
                runtime.delete(options.id(), true);
            }
        }
    }

    private void kill(Invocation call) throws OciException, IOException {
        call.atMost(2);
        String word = call.words().size() > 1 ? call.words().get(1) : "SIGTERM";
        if (word.equals("0")) {
            probe(call.id());
        } else {
            runtime.kill(call.id(), signal(word), call.isOn("all"));
        }
    }

    /** Signal 0 asks whether there is somebody to be signalled ({@code kill(2)}). */
    private void probe(String id) throws OciException, IOException {
        if (runtime.state(id).status() == ContainerStatus.STOPPED) {
            throw new OciException("container " + id + " is not running");
        }
    }

    private static int signal(String word) throws OciException {
        return Signal.parse(word).orElseThrow(() -> new OciException("unknown signal " + word
                + "; signal(7) lists them"));
    }

    private int exec(Invocation call) throws OciException, IOException {
        ExecRequest request = new ExecRequest(call.id(), ExecProcess.of(call), call.path("pid-file"),
                call.path("console-socket"),
                call.number("preserve-fds", HandedLauncher.MAX_PRESERVED), call.isOn("detach"));
        return runtime.exec(request);
    }

    private void list(Invocation call) throws OciException, IOException {
        call.atMost(0);
        List<OciRuntime.Seen> all = runtime.list();
        if (call.isOn("quiet")) {
            all.forEach(seen -> output.print(seen.record().id() + "\n"));
        } else {
            output.print(isJson(call) ? Views.listJson(all) : Views.list(all));
        }
    }

    private static boolean isJson(Invocation call) throws OciException {
        String format = call.value("format").orElse("table");
        if (!format.equals("json") && !format.equals("table")) {
            throw new OciException("--format " + format + ": table or json is wanted");
        }
        return format.equals("json");
    }

    private void ps(Invocation call) throws OciException, IOException {
        List<Integer> pids = runtime.processes(call.id());
        if (isJson(call)) {
            output.print(pids.toString().replace(" ", "") + "\n");
            return;
        }
        output.print(ProcessTable.of(pids));
    }

    private Resources resources(Invocation call) throws OciException, IOException {
        Optional<String> file = call.value("resources");
        String json = file.isEmpty() ? UpdateOptions.json(call)
                : file.get().equals("-")
                ? JsonFile.text("standard input", System.in.readAllBytes())
                : JsonFile.read(Path.of(file.get()));
        try {
            return SpecParser.parseResources(json);
        } catch (SpecException wrong) {
            throw new OciException("resources: " + wrong.getMessage(), wrong);
        }
    }

    private void events(Invocation call) throws OciException, IOException {
        String id = only(call);
        int seconds = seconds(call.value("interval").orElse("5s"));
        output.print(Views.statistics(id, runtime.statistics(id)));
        while (!call.isOn("stats")) {
            output.flush();
            java.util.concurrent.locks.LockSupport.parkNanos(seconds * 1_000_000_000L);
            if (runtime.state(id).status() == ContainerStatus.STOPPED) {
                return;
            }
            output.print(Views.statistics(id, runtime.statistics(id)));
        }
    }

    private static int seconds(String text) throws OciException {
        String digits = text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
        if (!digits.matches("[1-9][0-9]{0,5}")) {
            throw new OciException("--interval " + text + ": seconds are wanted, such as 5s");
        }
        return Integer.parseInt(digits);
    }

    private void spec(Invocation call) throws OciException, IOException {
        call.atMost(0);
        Path file = call.path("bundle").orElse(Path.of("").toAbsolutePath()).resolve(Bundle.CONFIG);
        if (Files.exists(file)) {
            throw new OciException(file + " exists already; remove it first");
        }
        Files.writeString(file, SpecWriter.write(ExampleSpec.spec()));
    }
}
