package cli.command;

import cli.lab.HostView;
import cli.lab.Labs;
import cli.lab.plan.Fault;
import cli.lab.plan.LabDescription;
import cli.lab.plan.LabNames;
import cli.lab.plan.LabRefusal;
import cli.lab.plan.LabRequest;
import cli.lab.plan.VirtualHost;
import cli.render.Durations;
import cli.render.Sizes;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sun.misc.Signal;

/** Virtual hosts on one machine with an agent each, the network between them, and their failures. */
final class LabClusterCommand implements Command {
    private static final String NAME = "lab cluster";
    private static final int WHOLE_PERCENT = 100;

    private final String verb;

    /** @param verb the third word; empty if there is none, which means create */
    LabClusterCommand(String verb) {
        this.verb = verb;
    }

    /** Adds the option that says where labs are. */
    static Syntax addBase(Syntax syntax) {
        return syntax.value("base", "folder", "Folder of all labs (default " + Labs.USUAL_BASE + ")");
    }

    /** The labs an option names. */
    static Labs labs(Arguments arguments, Console console) throws IOException {
        if (Login.userId() != 0) {
            throw new IOException("a lab is made of namespaces of this machine, which needs root: sudo jctl lab …");
        }
        return new Labs(Path.of(arguments.value("base", Labs.USUAL_BASE.toString())), AgentStarter.launcher(),
                warning -> System.err.println("jctl: " + Printable.lines(warning)));
    }

    @Override
    public Syntax syntax() {
        return addBase(own()).value("name", "string", "Name of the lab (default " + LabNames.USUAL + ")");
    }

    private Syntax own() {
        String name = verb.isEmpty() ? NAME : NAME + " " + verb;
        return switch (verb) {
            case "ls" -> Listing.addTo(new Syntax(name, "List the hosts of a lab"));
            case "cut" -> new Syntax(name, "Let nothing through between a host and others")
                    .positionals("NODE NODE [NODE...]", 2, Syntax.ANY)
                    .flag("one-way", "Only from the first to the others");
            case "heal" -> new Syntax(name, "Undo cut, loss and latency: between two hosts, or all")
                    .positionals("[NODE NODE]", 0, 2);
            case "loss" -> new Syntax(name, "Lose a part of the packets between two hosts")
                    .positionals("NODE NODE PERCENT", 3, 3)
                    .flag("one-way", "Only from the first to the second");
            case "latency" -> new Syntax(name,
                    "Delay packets between two hosts, or from one to all (needs netem)")
                    .positionals("NODE [NODE] DELAY", 2, 3);
            case "kill" -> new Syntax(name, "Kill the agent of a host (SIGKILL); its containers go on")
                    .positionals("NODE", 1, 1);
            case "stop" -> new Syntax(name, "End the agent of a host (SIGTERM); its containers go on")
                    .positionals("NODE", 1, 1);
            case "start" -> addAgentOption(new Syntax(name, "Start the agent of a host that has none")
                    .positionals("NODE", 1, 1));
            case "pause" -> new Syntax(name, "Stop the agent of a host where it is (SIGSTOP)")
                    .positionals("NODE", 1, 1);
            case "resume" -> new Syntax(name, "Let a paused agent go on (SIGCONT)")
                    .positionals("NODE", 1, 1);
            case "exec" -> new Syntax(name, "Run a program in the namespaces of a host")
                    .positionals("NODE COMMAND [ARG...]", 2, Syntax.ANY).optionsFirst();
            case "reboot" -> new Syntax(name, "Turn a host off as a power failure does, and on again")
                    .positionals("NODE", 1, 1);
            case "power-off" -> new Syntax(name, "Turn a host off as a power failure does")
                    .positionals("NODE", 1, 1);
            case "power-on" -> new Syntax(name, "Turn a host on that is off")
                    .positionals("NODE", 1, 1);
            case "rm" -> new Syntax(name, "Take a lab away with all that is in it")
                    .positionals("[NAME]", 0, 1);
            default -> addAgentOption(new Syntax(name,
                    "Make virtual hosts, joined by a bridge, with an agent each")
                    .value("nodes", "int", "How many hosts, 1 to " + LabRequest.MOST_NODES)
                    .value("managers", "int", "Make them one cluster, which so many of them manage (default: each is"
                            + " alone)")
                    .value("subnet", "string", "Their IPv4 subnet (default: a free /24 of 10.89.0.0/16)"));
        };
    }

    private static Syntax addAgentOption(Syntax syntax) {
        return syntax.value("agent-option", "list", "Word for `jctl agent`; may be repeated; {address}, {name},"
                + " {number} are the host's, {first} is node1's address");
    }

    @Override
    public int failureCode() {
        return verb.equals("exec") ? 125 : 1;
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        try {
            return act(arguments, console);
        } catch (LabRefusal refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }

    private int act(Arguments arguments, Console console) throws UsageException, IOException, LabRefusal {
        Labs labs = labs(arguments, console);
        String name = arguments.value("name", LabNames.USUAL);
        List<String> words = arguments.positionals();
        switch (verb) {
            case "ls" -> list(labs, labs.find(name), arguments, console);
            case "cut" -> labs.add(name, cuts(labs.find(name), words, arguments.isOn("one-way")));
            case "heal" -> heal(labs, name, words);
            case "loss" -> labs.add(name, losses(labs.find(name), words, arguments.isOn("one-way")));
            case "latency" -> labs.add(name, latencies(labs.find(name), words));
            case "kill" -> labs.signal(name, words.getFirst(), linux.abi.Signal.SIGKILL, true);
            case "stop" -> labs.signal(name, words.getFirst(), linux.abi.Signal.SIGTERM, true);
            case "start" -> labs.start(name, words.getFirst(), arguments.has("agent-option")
                    ? Optional.of(arguments.values("agent-option")) : Optional.empty());
            case "pause" -> labs.signal(name, words.getFirst(), linux.abi.Signal.SIGSTOP, false);
            case "resume" -> labs.signal(name, words.getFirst(), linux.abi.Signal.SIGCONT, false);
            case "exec" -> {
                return execute(labs.entering(name, words.getFirst(), words.subList(1, words.size())));
            }
            case "reboot" -> labs.power(name, words.getFirst(), true, true);
            case "power-off" -> labs.power(name, words.getFirst(), true, false);
            case "power-on" -> labs.power(name, words.getFirst(), false, true);
            case "rm" -> remove(labs, words.isEmpty() ? name : words.getFirst(), console);
            default -> create(labs, name, arguments, console);
        }
        return 0;
    }

    /** A terminal sends its interrupts to the program as well: it decides what they end. */
    private static int execute(List<String> words) throws IOException {
        Process process = new ProcessBuilder(words).inheritIO().start();
        Signal.handle(new Signal("INT"), _ -> { });
        for (String name : new String[] {"TERM", "HUP"}) {
            Signal.handle(new Signal(name), _ -> process.destroy());
        }
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + words.getLast() + " ran", e);
        }
    }

    private void create(Labs labs, String name, Arguments arguments, Console console)
            throws UsageException, IOException, LabRefusal {
        if (!arguments.has("nodes")) {
            throw new UsageException("say how many hosts: jctl lab cluster --nodes 3");
        }
        long nodes = arguments.number("nodes");
        int managers = arguments.has("managers") ? LabFounding.check(arguments.number("managers"), nodes) : 0;
        LabDescription lab = labs.create(new LabRequest(name, nodes, arguments.value("subnet"),
                arguments.values("agent-option")));
        if (managers > 0) {
            found(labs, lab, managers, console);
        }
        list(labs, lab, arguments, console);
        console.say("A client on this machine: JCTL_HOST=unix://" + lab.socket(lab.hosts().getFirst())
                + " jctl ps\nInside of a host: jctl lab cluster exec"
                + (name.equals(LabNames.USUAL) ? "" : " --name " + name) + " node1 sh"
                + "\nAll of it goes with: jctl lab cluster rm " + name);
    }

    /** As with the hosts themselves: if it fails nothing stays. */
    private static void found(Labs labs, LabDescription lab, int managers, Console console)
            throws UsageException, IOException, LabRefusal {
        try {
            new LabFounding(labs, lab, managers, console).found();
        } catch (UsageException | IOException | LabRefusal failed) {
            try {
                labs.remove(lab.name());
            } catch (IOException | LabRefusal alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    private static void list(Labs labs, LabDescription lab, Arguments arguments, Console console)
            throws UsageException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (HostView view : labs.views(lab)) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Node", view.node());
            row.put("HostName", view.hostName());
            row.put("Address", view.address().getHostAddress());
            row.put("State", view.state().words());
            row.put("Pid", view.pid() == 0 ? "-" : Integer.toString(view.pid()));
            row.put("Memory", view.pid() == 0 ? "-" : Sizes.binary(view.residentBytes()));
            row.put("Socket", "unix://" + view.socket());
            row.put("Faults", String.join(", ", view.faults()));
            rows.add(row);
        }
        new Listing("Node", new Listing.Column("NODE", "Node", false),
                new Listing.Column("ADDRESS", "Address", false),
                new Listing.Column("STATE", "State", false),
                new Listing.Column("PID", "Pid", false),
                new Listing.Column("MEMORY", "Memory", true),
                new Listing.Column("SOCKET", "Socket", false),
                new Listing.Column("FAULTS", "Faults", false)).print(rows, arguments, console);
    }

    private static List<Fault> cuts(LabDescription lab, List<String> words, boolean oneWay)
            throws LabRefusal {
        List<Fault> faults = new ArrayList<>();
        int first = lab.host(words.getFirst()).number();
        for (String word : words.subList(1, words.size())) {
            int other = different(lab, first, word);
            faults.add(new Fault.Cut(first, other));
            if (!oneWay) {
                faults.add(new Fault.Cut(other, first));
            }
        }
        return faults;
    }

    private static List<Fault> losses(LabDescription lab, List<String> words, boolean oneWay)
            throws LabRefusal, UsageException {
        int first = lab.host(words.getFirst()).number();
        int other = different(lab, first, words.get(1));
        int part = perTenThousand(words.get(2));
        List<Fault> faults = new ArrayList<>(List.of(new Fault.Loss(first, other, part)));
        if (!oneWay) {
            faults.add(new Fault.Loss(other, first, part));
        }
        return faults;
    }

    /** Between two hosts each way, or of all that one sends. */
    private static List<Fault> latencies(LabDescription lab, List<String> words)
            throws LabRefusal, UsageException {
        long delay = delayNanos(words.getLast());
        int first = lab.host(words.getFirst()).number();
        List<Fault> faults = new ArrayList<>();
        if (words.size() == 3) {
            int other = different(lab, first, words.get(1));
            faults.add(new Fault.Latency(first, other, delay));
            faults.add(new Fault.Latency(other, first, delay));
        } else {
            lab.hosts().stream().map(VirtualHost::number).filter(other -> other != first)
                    .forEach(other -> faults.add(new Fault.Latency(first, other, delay)));
        }
        return faults;
    }

    /** "100ms", "1.5s". */
    static long delayNanos(String word) throws UsageException {
        OptionalLong nanos = Durations.nanos(word);
        if (nanos.isEmpty() || nanos.getAsLong() < 1 || nanos.getAsLong() > Fault.Latency.MOST_NANOS) {
            throw new UsageException("a latency of \"" + word + "\": expected a time like 100ms or 1.5s, at most"
                    + " 60s (`heal` ends it)");
        }
        return nanos.getAsLong();
    }

    private static int different(LabDescription lab, int first, String word) throws LabRefusal {
        int other = lab.host(word).number();
        if (other == first) {
            throw new LabRefusal("there is no cable from " + word + " to itself");
        }
        return other;
    }

    /** "10", "10%", "0.5%". */
    static int perTenThousand(String word) throws UsageException {
        String number = word.endsWith("%") ? word.substring(0, word.length() - 1) : word;
        if (number.matches("[0-9]{1,3}(\\.[0-9]{1,2})?")) {
            int part = new BigDecimal(number).multiply(BigDecimal.valueOf(WHOLE_PERCENT)).intValueExact();
            if (part >= 1 && part <= Fault.Loss.WHOLE) {
                return part;
            }
        }
        throw new UsageException("a loss of \"" + word + "\": expected a percentage from 0.01 to 100"
                + " (`heal` ends it)");
    }

    private static void heal(Labs labs, String name, List<String> words)
            throws UsageException, IOException, LabRefusal {
        if (words.size() == 1) {
            throw new UsageException("between " + words.getFirst()
                    + " and whom? Give two hosts, or none to heal everything");
        }
        if (words.isEmpty()) {
            labs.heal(name);
        } else {
            labs.heal(name, words.getFirst(), words.get(1));
        }
    }

    private static void remove(Labs labs, String name, Console console) throws IOException, LabRefusal {
        if (!labs.remove(name)) {
            console.say("jctl: there is no lab " + name + ": nothing to take away");
        }
    }
}
