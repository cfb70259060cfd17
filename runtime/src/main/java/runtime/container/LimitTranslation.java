package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import runtime.cgroup.LimitException;
import runtime.cgroup.LimitOptions;
import runtime.container.ContainerOptions.HugetlbLimit;
import runtime.container.ContainerOptions.IoRate;
import runtime.container.ContainerOptions.IoRateKind;
import runtime.container.ContainerOptions.Limits;
import runtime.container.ContainerOptions.Ulimit;
import runtime.spec.Process.Rlimit;
import runtime.spec.Resources;
import runtime.spec.Resources.DeviceRule;

/** Docker's limit flags as the OCI spec's resources and rlimits. */
final class LimitTranslation {
    /** Tasks a container may have unless told otherwise: enough for any service, too few for a bomb. */
    static final long STANDARD_PIDS = 4096;
    private static final Pattern RULE =
            Pattern.compile("([acb]) (\\d{1,9}|\\*):(\\d{1,9}|\\*) ([rwm]{1,3})");
    private static final List<String> RLIMITS = List.of("as", "core", "cpu", "data", "fsize", "locks",
            "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending",
            "stack");

    private LimitTranslation() {}

    /**
     * The resources.
     *
     * @param rules device rules, in order
     * @throws ContainerException if limits are out of their range
     */
    static Resources resources(Limits limits, LimitOptions.Machine machine, List<DeviceRule> rules)
            throws ContainerException {
        long pids = limits.pids().orElse(machine.limits() ? STANDARD_PIDS : 0);
        LimitOptions options = new LimitOptions(limits.memoryBytes(),
                limits.memoryReservationBytes(), limits.memorySwapBytes(),
                limits.memorySwappiness(), limits.oomKillDisable(),
                limits.nanoCpus() == 0 ? Optional.empty()
                        : Optional.of(BigDecimal.valueOf(limits.nanoCpus(), 9)),
                limits.cpuShares(), limits.cpuPeriodMicros(), limits.cpuQuotaMicros(),
                text(limits.cpusetCpus()), text(limits.cpusetMems()), pids == 0 ? -1 : pids,
                limits.ioWeight(), rates(limits, IoRateKind.READ_BYTES),
                rates(limits, IoRateKind.WRITE_BYTES), rates(limits, IoRateKind.READ_OPERATIONS),
                rates(limits, IoRateKind.WRITE_OPERATIONS), hugepages(limits.hugetlb()));
        try {
            return options.resources(machine, rules);
        } catch (LimitException wrong) {
            throw new ContainerException(INVALID_OPTION, wrong.getMessage(), 125, wrong);
        }
    }

    private static List<Resources.DeviceRate> rates(Limits limits, IoRateKind kind)
            throws ContainerException {
        List<Resources.DeviceRate> rates = new ArrayList<>();
        for (IoRate rate : limits.ioRates()) {
            if (rate.kind() == kind) {
                HostDevice device = HostDevice.at(rate.devicePath());
                require(device.isBlock(), rate.devicePath() + " is no block device");
                require(rate.limit() > 0, "a rate for " + rate.devicePath() + " must be above 0");
                rates.add(new Resources.DeviceRate(device.major(), device.minor(), rate.limit()));
            }
        }
        return rates;
    }

    private static List<Resources.HugepageLimit> hugepages(List<HugetlbLimit> limits)
            throws ContainerException {
        List<Resources.HugepageLimit> hugepages = new ArrayList<>();
        for (HugetlbLimit limit : limits) {
            long size = limit.pageSizeBytes();
            require(size >= 1024 && Long.bitCount(size) == 1,
                    "a huge page has a power of two of bytes, not " + size);
            hugepages.add(new Resources.HugepageLimit(
                    HugePages.word(size) + "B", limit.limitBytes()));
        }
        return hugepages;
    }

    /** --ulimit as rlimits. */
    static List<Rlimit> rlimits(List<Ulimit> ulimits) throws ContainerException {
        List<Rlimit> rlimits = new ArrayList<>();
        for (Ulimit ulimit : ulimits) {
            require(RLIMITS.contains(ulimit.name()), "--ulimit " + ulimit.name()
                    + " is unknown; there are " + String.join(", ", RLIMITS));
            require(Long.compareUnsigned(ulimit.soft(), ulimit.hard()) <= 0, "--ulimit "
                    + ulimit.name() + ": the soft limit cannot be above the hard one");
            rlimits.add(new Rlimit("RLIMIT_" + ulimit.name().toUpperCase(Locale.ROOT),
                    ulimit.hard(), ulimit.soft()));
        }
        return rlimits;
    }

    /** --device-cgroup-rule: {@code c 1:3 rwm}, with {@code *} for any number. */
    static DeviceRule deviceRule(String text) throws ContainerException {
        Matcher matcher = RULE.matcher(text);
        require(matcher.matches(),
                "--device-cgroup-rule '" + text + "' does not look like 'c 1:3 rwm'");
        return new DeviceRule(true, matcher.group(1), number(matcher.group(2)),
                number(matcher.group(3)), matcher.group(4));
    }

    /** A device's permissions; all if none are given. */
    static String permissions(String letters) throws ContainerException {
        require(letters.matches("[rwm]{0,3}"),
                "a device's permissions are out of r, w and m, not '" + letters + "'");
        return letters.isEmpty() ? "rwm" : letters;
    }

    private static OptionalLong number(String text) {
        return text.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    private static Optional<String> text(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    private static void require(boolean holds, String otherwise) throws ContainerException {
        if (!holds) {
            throw new ContainerException(INVALID_OPTION, otherwise, 125, null);
        }
    }
}
