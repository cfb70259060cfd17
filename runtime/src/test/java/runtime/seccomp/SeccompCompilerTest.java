package runtime.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import linux.abi.Architecture;
import linux.abi.SystemCall;
import org.junit.jupiter.api.Test;
import runtime.spec.Seccomp;
import runtime.spec.Seccomp.Action;
import runtime.spec.Seccomp.Argument;
import runtime.spec.Seccomp.Operator;
import runtime.spec.Seccomp.Rule;

/** Holds compiled programs against the meaning of the rules, evaluated directly. */
class SeccompCompilerTest {
    private static final int AUDIT_ARCH_I386 = 0x40000003;
    private static final SystemCall[] CALLS = SystemCall.values();
    private static final long[] EDGES = {
        0, 1, 2, 40, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL, 0x1_00000000L, 0x1_00000028L,
        Long.MAX_VALUE, Long.MIN_VALUE, -1
    };

    private static Seccomp profile(Action action, Rule... rules) {
        return new Seccomp(action, OptionalInt.empty(), List.of(), List.of(), Optional.empty(),
                Optional.empty(), List.of(rules));
    }

    private static Rule rule(Action action, String name, Argument... arguments) {
        return new Rule(List.of(name), action, OptionalInt.empty(), List.of(arguments));
    }

    @Test
    void everyRandomProfileMeansWhatItsRulesSay() throws SeccompException {
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            Seccomp seccomp = randomProfile(random);
            Architecture architecture = random.nextBoolean()
                    ? Architecture.X86_64 : Architecture.AARCH64;
            SeccompFilter filter = SeccompCompiler.compile(seccomp, architecture);
            for (int i = 0; i < 300; i++) {
                SystemCall call = CALLS[random.nextInt(CALLS.length)];
                if (!call.existsOn(architecture)) {
                    continue;
                }
                long[] arguments = random.longs(6).map(any -> number(random)).toArray();
                Verdict verdict = filter.verdict(call, arguments);
                String place = "seed " + seed + ", " + call + " " + List.of(arguments[0]);
                assertEquals(expected(seccomp, call, arguments),
                        verdict.action() + " " + verdict.data(), place);
            }
        }
    }

    private static Seccomp randomProfile(Random random) {
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            List<String> names = new ArrayList<>();
            for (int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 6); n > 0; n--) {
                names.add(CALLS[random.nextInt(CALLS.length)].manualName());
            }
            List<Argument> arguments = new ArrayList<>();
            for (int n = Math.max(0, random.nextInt(6) - 2); n > 0; n--) {
                Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
                arguments.add(
                        new Argument(random.nextInt(6), operator, number(random), number(random)));
            }
            rules.add(new Rule(names, randomAction(random),
                    random.nextBoolean()
                            ? OptionalInt.of(random.nextInt(134)) : OptionalInt.empty(),
                    arguments));
        }
        return new Seccomp(randomAction(random), OptionalInt.of(random.nextInt(134)), List.of(),
                List.of(), Optional.empty(), Optional.empty(), rules);
    }

    private static Action randomAction(Random random) {
        return Action.values()[random.nextInt(Action.values().length)];
    }

    private static long number(Random random) {
        long edge = EDGES[random.nextInt(EDGES.length)];
        return random.nextInt(4) == 0 ? edge + random.nextInt(3) - 1 : edge;
    }

    private static String expected(Seccomp seccomp, SystemCall call, long[] arguments) {
        for (Rule rule : seccomp.rules()) {
            if (rule.names().contains(call.manualName()) && matches(rule.arguments(), arguments)) {
                return text(rule.action(), rule.errno().orElse(1));
            }
        }
        return text(seccomp.defaultAction(), seccomp.defaultErrno().orElse(1));
    }

    private static String text(Action action, int errno) {
        return action + " " + (action == Action.ERRNO || action == Action.TRACE ? errno : 0);
    }

    private static boolean matches(List<Argument> conditions, long[] arguments) {
        boolean repeated = conditions.stream().mapToInt(Argument::index).distinct().count()
                != conditions.size();
        return repeated
                ? conditions.stream().anyMatch(condition -> holds(condition, arguments))
                : conditions.stream().allMatch(condition -> holds(condition, arguments));
    }

    private static boolean holds(Argument condition, long[] arguments) {
        long argument = arguments[condition.index()];
        int order = Long.compareUnsigned(argument, condition.value());
        return switch (condition.operator()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case MASKED_EQUAL -> (argument & condition.value()) == condition.valueTwo();
        };
    }

    @Test
    void refusesForeignInstructionSets() throws SeccompException {
        SeccompFilter filter =
                SeccompCompiler.compile(profile(Action.ALLOW), Architecture.X86_64);
        int amd64 = Architecture.X86_64.auditNumber();
        assertEquals(Action.KILL_PROCESS, filter.verdict(AUDIT_ARCH_I386, 20).action());
        assertEquals(Action.KILL_PROCESS,
                filter.verdict(Architecture.AARCH64.auditNumber(), 20).action());
        assertEquals("fails with ENOSYS (Function not implemented)",
                filter.verdict(amd64, 0x40000000 + 39).inWords());
        assertEquals(Action.ALLOW, filter.verdict(amd64, 39).action());
    }

    @Test
    void callsNewerThanTheTableLookMissingUnlessTheProfileIsPermissive() throws SeccompException {
        int amd64 = Architecture.X86_64.auditNumber();
        SeccompFilter strict =
                SeccompCompiler.compile(profile(Action.KILL_PROCESS), Architecture.X86_64);
        assertEquals("fails with ENOSYS (Function not implemented)",
                strict.verdict(amd64, 9_999).inWords());
        assertEquals(Action.KILL_PROCESS, strict.verdict(amd64, 0).action());
        SeccompFilter permissive =
                SeccompCompiler.compile(profile(Action.LOG), Architecture.X86_64);
        assertEquals(Action.LOG, permissive.verdict(amd64, 9_999).action());
    }

    @Test
    void namesTheCallsItSkipped() throws SeccompException {
        SeccompFilter filter = SeccompCompiler.compile(profile(Action.ALLOW,
                rule(Action.ERRNO, "open"), rule(Action.ERRNO, "no_such_call")),
                Architecture.AARCH64);
        assertEquals(List.of("open", "no_such_call"), filter.unknownNames());
    }

    @Test
    void theFirstMatchingRuleDecides() throws SeccompException {
        SeccompFilter filter = SeccompCompiler.compile(profile(Action.ERRNO,
                rule(Action.LOG, "mount", new Argument(0, Operator.EQUAL, 5, 0)),
                rule(Action.ALLOW, "mount"), rule(Action.KILL_PROCESS, "mount")),
                Architecture.X86_64);
        assertEquals(Action.LOG, filter.verdict(SystemCall.MOUNT, 5).action());
        assertEquals(Action.ALLOW, filter.verdict(SystemCall.MOUNT, 6).action());
    }

    @Test
    void longChainsOfConditionsJumpFarEnoughAndTooLongOnesAreRefused() throws SeccompException {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            rules.add(rule(Action.LOG, "read", new Argument(2, Operator.EQUAL, i * 7L, 0)));
        }
        Seccomp seccomp = profile(Action.ERRNO, rules.toArray(Rule[]::new));
        SeccompFilter filter = SeccompCompiler.compile(seccomp, Architecture.X86_64);
        assertEquals(Action.LOG, filter.verdict(SystemCall.READ, 0, 0, 699 * 7L).action());
        assertEquals(Action.ERRNO, filter.verdict(SystemCall.READ, 0, 0, 3).action());
        assertEquals(Action.ERRNO, filter.verdict(SystemCall.WRITE, 0, 0, 0).action());
        rules.addAll(rules);
        SeccompException failure = assertThrows(SeccompException.class, () ->
                SeccompCompiler.compile(profile(Action.ERRNO, rules.toArray(Rule[]::new)),
                        Architecture.X86_64));
        assertTrue(failure.getMessage().contains("4096"), failure.getMessage());
    }

    @Test
    void bytesAreTheKernelsStruct() throws SeccompException {
        SeccompFilter filter =
                SeccompCompiler.compile(profile(Action.ALLOW), Architecture.AARCH64);
        byte[] bytes = filter.toBytes();
        assertEquals(filter.instructions().size() * 8, bytes.length);
        // ld [4]: code 0x0020, jt 0, jf 0, k 4
        assertEquals(List.of(0x20, 0, 0, 0, 4, 0, 0, 0), first(bytes, 8));
    }

    private static List<Integer> first(byte[] bytes, int count) {
        List<Integer> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(bytes[i] & 0xFF);
        }
        return list;
    }
}
