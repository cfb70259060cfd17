package cli.command;

import api.cluster.Mode;
import cli.wire.MessageWriter;
import clusterd.spec.CronSchedule;

/** --mode and what each mode takes: --replicas, --max-concurrent, --schedule, --overlap, --unique. */
final class ModeFlags {
    private ModeFlags() {}

    /** The message Mode of a new service. */
    static MessageWriter of(Arguments arguments) throws UsageException {
        String mode = arguments.value("mode", "replicated");
        switch (mode) {
            case "replicated" -> {
                refuse(mode, arguments, "max-concurrent", "schedule", "overlap");
                if (SiteFlags.areSaid(arguments)) {
                    return new MessageWriter().message(Mode.PER_SITE_FIELD_NUMBER, SiteFlags.of(arguments));
                }
            }
            case "global" -> refuse(mode, arguments, "replicas", "max-concurrent", "schedule", "overlap",
                    "unique");
            case "replicated-job", "job" -> {
                refuse(mode, arguments, "schedule", "overlap", "unique");
                checkJob(mode, arguments);
            }
            case "global-job" -> {
                refuse(mode, arguments, "replicas", "max-concurrent", "schedule", "overlap", "unique");
                checkJob(mode, arguments);
            }
            case "cron" -> {
                refuse(mode, arguments, "unique");
                checkJob(mode, arguments);
                if (!arguments.has("schedule")) {
                    throw new UsageException("--mode cron needs --schedule, as in --schedule \"*/5 * * * *\"");
                }
            }
            default -> throw Arguments.invalid("mode", mode,
                    "expected replicated, global, replicated-job, global-job or cron");
        }
        if (!mode.equals("replicated")) {
            refuse(mode, arguments, SiteFlags.NAMES);
        }
        return switch (mode) {
            case "replicated" -> new MessageWriter().message(Mode.REPLICATED_FIELD_NUMBER, new MessageWriter()
                    .number(Mode.Replicated.REPLICAS_FIELD_NUMBER,
                            arguments.has("replicas") ? arguments.atLeast(0, "replicas")
                                    : AutoscaleFlags.first(arguments, 1))
                    .flag(Mode.Replicated.UNIQUE_FIELD_NUMBER, arguments.isOn("unique")));
            case "global" -> new MessageWriter().message(Mode.GLOBAL_FIELD_NUMBER, new MessageWriter());
            case "global-job" -> new MessageWriter().message(Mode.GLOBAL_JOB_FIELD_NUMBER, new MessageWriter());
            case "cron" -> new MessageWriter().message(Mode.CRON_FIELD_NUMBER, new MessageWriter()
                    .string(Mode.Cron.SCHEDULE_FIELD_NUMBER, schedule(arguments))
                    .message(Mode.Cron.JOB_FIELD_NUMBER, job(arguments))
                    .flag(Mode.Cron.CONCURRENT_FIELD_NUMBER, arguments.isOn("overlap")));
            default -> new MessageWriter().message(Mode.JOB_FIELD_NUMBER, job(arguments));
        };
    }

    /** Another number, schedule … of the mode a service has. */
    static Mode changed(Mode mode, Arguments arguments) throws UsageException {
        if (mode.getIsCase() != Mode.IsCase.PER_SITE && mode.getIsCase() != Mode.IsCase.IS_NOT_SET) {
            refuse("replicated, global or job", arguments, SiteFlags.NAMES);
        }
        return switch (mode.getIsCase()) {
            case REPLICATED -> {
                refuse("replicated", arguments, "max-concurrent", "schedule", "overlap");
                Mode.Replicated.Builder replicated = mode.getReplicated().toBuilder();
                if (arguments.has("replicas")) {
                    replicated.setReplicas(arguments.atLeast(0, "replicas"));
                }
                if (arguments.has("unique")) {
                    replicated.setUnique(arguments.isOn("unique"));
                }
                yield Mode.newBuilder().setReplicated(replicated).build();
            }
            case GLOBAL -> {
                refuse("global", arguments, "replicas", "max-concurrent", "schedule", "overlap", "unique");
                yield mode;
            }
            case GLOBAL_JOB -> {
                refuse("global-job", arguments, "replicas", "max-concurrent", "schedule", "overlap", "unique");
                yield mode;
            }
            case JOB -> {
                refuse("replicated-job", arguments, "schedule", "overlap", "unique");
                yield Mode.newBuilder().setJob(changed(mode.getJob(), arguments)).build();
            }
            case CRON -> {
                refuse("cron", arguments, "unique");
                Mode.Cron.Builder cron = mode.getCron().toBuilder()
                        .setJob(changed(mode.getCron().getJob(), arguments));
                if (arguments.has("schedule")) {
                    cron.setSchedule(schedule(arguments));
                }
                if (arguments.has("overlap")) {
                    cron.setConcurrent(arguments.isOn("overlap"));
                }
                yield Mode.newBuilder().setCron(cron).build();
            }
            case PER_SITE -> {
                refuse("per site", arguments, "replicas", "max-concurrent", "schedule", "overlap");
                yield Mode.newBuilder().setPerSite(SiteFlags.changed(mode.getPerSite(), arguments)).build();
            }
            case IS_NOT_SET -> mode;
        };
    }

    private static Mode.Job changed(Mode.Job job, Arguments arguments) throws UsageException {
        Mode.Job.Builder changed = job.toBuilder();
        if (arguments.has("replicas")) {
            changed.setCompletions(arguments.atLeast(1, "replicas"));
        }
        if (arguments.has("max-concurrent")) {
            changed.setParallelism(arguments.atLeast(1, "max-concurrent"));
        }
        return changed.build();
    }

    /** Whether tasks come to an end, so that none takes the place of another. */
    static boolean isJob(String mode) {
        return mode.equals("replicated-job") || mode.equals("job") || mode.equals("global-job")
                || mode.equals("cron");
    }

    private static void checkJob(String mode, Arguments arguments) throws UsageException {
        for (String name : arguments.names()) {
            if (name.startsWith("update-") || name.startsWith("rollback-")) {
                refuse(mode, arguments, name);
            }
        }
        if (arguments.value("restart-condition").equals("any")) {
            throw Arguments.invalid("restart-condition", "any",
                    "a job's tasks are over when they end well: expected none or on-failure");
        }
    }

    private static MessageWriter job(Arguments arguments) throws UsageException {
        int completions = arguments.has("replicas") ? arguments.atLeast(1, "replicas") : 1;
        return new MessageWriter().number(Mode.Job.COMPLETIONS_FIELD_NUMBER, completions)
                .number(Mode.Job.PARALLELISM_FIELD_NUMBER, arguments.has("max-concurrent")
                        ? arguments.atLeast(1, "max-concurrent") : AutoscaleFlags.first(arguments, completions));
    }

    private static String schedule(Arguments arguments) throws UsageException {
        String schedule = arguments.value("schedule");
        try {
            CronSchedule.parse(schedule);
        } catch (IllegalArgumentException e) {
            throw Arguments.invalid("schedule", schedule, e.getMessage());
        }
        return schedule;
    }

    private static void refuse(String mode, Arguments arguments, String... options) throws UsageException {
        for (String option : options) {
            if (arguments.has(option)) {
                throw new UsageException("--" + option + " means nothing to a service of mode " + mode);
            }
        }
    }
}
