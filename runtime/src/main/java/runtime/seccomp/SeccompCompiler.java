package runtime.seccomp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import linux.abi.Architecture;
import linux.abi.Capability;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.proc.KernelVersion;
import runtime.spec.Seccomp;
import runtime.spec.Seccomp.Action;
import runtime.spec.Seccomp.Argument;
import runtime.spec.Seccomp.Rule;

/**
 * Compiles a profile to the BPF program {@code seccomp(2)} takes.
 *
 * <p>The program looks at the instruction set, then finds the call's number by binary search over
 * runs of neighbouring calls with the same fate, then tests arguments if a rule has conditions. A
 * call decided by number alone takes about ten instructions and, as its verdict reads nothing else,
 * ends up in the kernel's bitmap of calls that skip the filter (Linux 5.11).
 *
 * <p>Meaning of a profile: the first rule in the order of the document whose name and conditions
 * match decides; none means the default action. Conditions on different arguments must all hold;
 * if a rule tests one argument more than once, any one condition will do, as runc and crun have it.
 * A number beyond every call known here gets ENOSYS instead of the default action unless that lets
 * calls through: libraries probe for new calls and fall back on ENOSYS only (runc does the same).
 *
 * <p>Foreign instruction sets are refused whatever {@code architectures} says: an i386 (or arm)
 * program on a 64-bit kernel uses other numbers, which would need tables of their own and doubles
 * the surface; docker lets them in. It is killed with SIGSYS, libseccomp's answer too. x32 gets
 * ENOSYS, as from a kernel without it.
 */
public final class SeccompCompiler {
    /** The most instructions the kernel takes ({@code BPF_MAXINSNS}). */
    public static final int MAX_INSTRUCTIONS = 4096;
    private static final int X32_BIT = 0x40000000;

    private SeccompCompiler() {}

    /**
     * Compiles a profile for a container with these capabilities on this kernel.
     *
     * @throws SeccompException as {@link #compile(Seccomp, Architecture)}
     */
    public static SeccompFilter compile(
            SeccompProfile profile,
            Architecture architecture,
            Set<Capability> capabilities,
            KernelVersion kernel) throws SeccompException {
        return compile(profile.resolve(architecture, capabilities, kernel), architecture);
    }

    /**
     * Compiles {@code linux.seccomp} of a container spec.
     *
     * @throws SeccompException if the program would have more than 4096 instructions
     */
    public static SeccompFilter compile(Seccomp seccomp, Architecture architecture)
            throws SeccompException {
        Set<String> unknown = new LinkedHashSet<>();
        List<Run> runs = runs(seccomp, cases(seccomp, architecture, unknown), architecture);
        BpfAssembler assembler = new BpfAssembler();
        int defaultVerdict = verdict(seccomp.defaultAction(),
                seccomp.defaultErrno().orElse(Errno.EPERM.number()));
        Map<List<Case>, Integer> bodies = bodies(assembler, runs, defaultVerdict);
        int search = search(assembler, runs, 0, runs.size(), bodies);
        head(assembler, architecture, search);
        List<BpfInstruction> program = assembler.program();
        if (program.size() > MAX_INSTRUCTIONS) {
            throw new SeccompException("the seccomp profile compiles to " + program.size()
                    + " instructions; the kernel takes " + MAX_INSTRUCTIONS
                    + ": use fewer rules with conditions on arguments");
        }
        return new SeccompFilter(architecture, program, List.copyOf(unknown));
    }

    /** A rule as the program tests it: all conditions, then the verdict. */
    private record Case(List<Argument> conditions, int verdict) {}

    /** Calls from this number up to the next run's share these cases, tried in order. */
    private record Run(int firstNumber, List<Case> cases) {}

    private static Map<Integer, List<Case>> cases(
            Seccomp seccomp, Architecture architecture, Set<String> unknown) {
        Map<Integer, List<Case>> byNumber = new TreeMap<>();
        for (Rule rule : seccomp.rules()) {
            int verdict = verdict(rule.action(), rule.errno().orElse(Errno.EPERM.number()));
            List<List<Argument>> alternatives = alternatives(rule.arguments());
            for (String name : rule.names()) {
                Optional<SystemCall> call = SystemCall.named(name);
                if (call.isEmpty() || !call.get().existsOn(architecture)) {
                    unknown.add(name);
                    continue;
                }
                List<Case> cases = byNumber.computeIfAbsent(
                        call.get().number(architecture), number -> new ArrayList<>());
                for (List<Argument> conditions : alternatives) {
                    if (cases.isEmpty() || !cases.getLast().conditions().isEmpty()) {
                        cases.add(new Case(conditions, verdict));
                    }
                }
            }
        }
        return byNumber;
    }

    private static List<List<Argument>> alternatives(List<Argument> arguments) {
        long distinct = arguments.stream().mapToInt(Argument::index).distinct().count();
        return distinct == arguments.size()
                ? List.of(arguments)
                : arguments.stream().map(List::of).toList();
    }

    private static List<Run> runs(
            Seccomp seccomp, Map<Integer, List<Case>> byNumber, Architecture architecture) {
        int highest = 0;
        for (SystemCall call : SystemCall.values()) {
            if (call.existsOn(architecture)) {
                highest = Math.max(highest, call.number(architecture));
            }
        }
        List<Run> runs = new ArrayList<>();
        for (int number = 0; number <= highest; number++) {
            append(runs, number, byNumber.getOrDefault(number, List.of()));
        }
        List<Case> beyond = switch (seccomp.defaultAction()) {
            case ALLOW, LOG, TRACE, NOTIFY -> List.of();
            case ERRNO, KILL_PROCESS, KILL_THREAD, TRAP ->
                    List.of(new Case(List.of(), verdict(Action.ERRNO, Errno.ENOSYS.number())));
        };
        append(runs, highest + 1, beyond);
        return runs;
    }

    private static void append(List<Run> runs, int number, List<Case> cases) {
        if (runs.isEmpty() || !runs.getLast().cases().equals(cases)) {
            runs.add(new Run(number, cases));
        }
    }

    private static int verdict(Action action, int data) {
        return switch (action) {
            case ERRNO, TRACE -> action.kernelValue() | data;
            case ALLOW, KILL_PROCESS, KILL_THREAD, TRAP, LOG, NOTIFY -> action.kernelValue();
        };
    }

    private static void head(BpfAssembler assembler, Architecture architecture, int search) {
        int afterNumber = switch (architecture) {
            case X86_64 -> {
                int noSuchCall = assembler.ret(verdict(Action.ERRNO, Errno.ENOSYS.number()));
                yield assembler.jump(
                        BpfInstruction.JUMP_GREATER_OR_EQUAL, X32_BIT, noSuchCall, search);
            }
            case AARCH64 -> search;
        };
        int native64 = assembler.load(SeccompData.NUMBER, afterNumber);
        int foreign = assembler.ret(verdict(Action.KILL_PROCESS, 0));
        int check = assembler.jump(
                BpfInstruction.JUMP_EQUAL, architecture.auditNumber(), native64, foreign);
        assembler.load(SeccompData.ARCHITECTURE, check);
    }

    /** Places each different list of cases once, however many runs share it. */
    private static Map<List<Case>, Integer> bodies(
            BpfAssembler assembler, List<Run> runs, int defaultVerdict) {
        Map<List<Case>, Integer> bodies = new HashMap<>();
        for (Run run : runs.reversed()) {
            bodies.computeIfAbsent(run.cases(), cases -> body(assembler, cases, defaultVerdict));
        }
        return bodies;
    }

    /** A tree that leads the number in the accumulator to its run. */
    private static int search(
            BpfAssembler assembler,
            List<Run> runs,
            int from,
            int to,
            Map<List<Case>, Integer> bodies) {
        if (to - from == 1) {
            return bodies.get(runs.get(from).cases());
        }
        int middle = (from + to) >>> 1;
        int upper = search(assembler, runs, middle, to, bodies);
        int lower = search(assembler, runs, from, middle, bodies);
        return assembler.jump(BpfInstruction.JUMP_GREATER_OR_EQUAL,
                runs.get(middle).firstNumber(), upper, lower);
    }

    private static int body(BpfAssembler assembler, List<Case> cases, int defaultVerdict) {
        int next = assembler.ret(cases.isEmpty() || !cases.getLast().conditions().isEmpty()
                ? defaultVerdict : cases.getLast().verdict());
        for (Case candidate : cases.reversed()) {
            if (candidate.conditions().isEmpty()) {
                continue;
            }
            int label = assembler.ret(candidate.verdict());
            for (Argument condition : candidate.conditions().reversed()) {
                label = condition(assembler, condition, label, next);
            }
            next = label;
        }
        return next;
    }

    private static int condition(BpfAssembler assembler, Argument argument, int yes, int no) {
        return switch (argument.operator()) {
            case EQUAL -> equal(assembler, argument, yes, no);
            case NOT_EQUAL -> equal(assembler, argument, no, yes);
            case GREATER -> ordered(assembler, argument, BpfInstruction.JUMP_GREATER, yes, no);
            case GREATER_OR_EQUAL ->
                    ordered(assembler, argument, BpfInstruction.JUMP_GREATER_OR_EQUAL, yes, no);
            case LESS ->
                    ordered(assembler, argument, BpfInstruction.JUMP_GREATER_OR_EQUAL, no, yes);
            case LESS_OR_EQUAL ->
                    ordered(assembler, argument, BpfInstruction.JUMP_GREATER, no, yes);
            case MASKED_EQUAL -> masked(assembler, argument, yes, no);
        };
    }

    private static int equal(BpfAssembler assembler, Argument argument, int yes, int no) {
        int low = assembler.jump(BpfInstruction.JUMP_EQUAL, (int) argument.value(), yes, no);
        low = assembler.load(SeccompData.lowHalf(argument.index()), low);
        int high = assembler.jump(
                BpfInstruction.JUMP_EQUAL, (int) (argument.value() >>> 32), low, no);
        return assembler.load(SeccompData.highHalf(argument.index()), high);
    }

    /** Whether the argument is above (or, by the code, above or at) the value. */
    private static int ordered(
            BpfAssembler assembler, Argument argument, int code, int yes, int no) {
        int high = (int) (argument.value() >>> 32);
        int low = assembler.jump(code, (int) argument.value(), yes, no);
        low = assembler.load(SeccompData.lowHalf(argument.index()), low);
        int sameHigh = assembler.jump(BpfInstruction.JUMP_EQUAL, high, low, no);
        int above = assembler.jump(BpfInstruction.JUMP_GREATER, high, yes, sameHigh);
        return assembler.load(SeccompData.highHalf(argument.index()), above);
    }

    private static int masked(BpfAssembler assembler, Argument argument, int yes, int no) {
        int low = assembler.jump(BpfInstruction.JUMP_EQUAL, (int) argument.valueTwo(), yes, no);
        low = assembler.and((int) argument.value(), low);
        low = assembler.load(SeccompData.lowHalf(argument.index()), low);
        int high = assembler.jump(
                BpfInstruction.JUMP_EQUAL, (int) (argument.valueTwo() >>> 32), low, no);
        high = assembler.and((int) (argument.value() >>> 32), high);
        return assembler.load(SeccompData.highHalf(argument.index()), high);
    }
}
