package cli.command;

import api.cluster.AuditRecord;
import api.cluster.AuditVerdict;
import api.cluster.ReadAuditRequest;
import api.cluster.ReadAuditResponse;
import cli.render.Times;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Prints who called what at a manager, or at all of them, or whether that was changed since. */
final class ClusterAuditCommand implements Command {
    private static final long NANOS_PER_MILLI = 1_000_000;

    @Override
    public Syntax syntax() {
        return new Syntax("cluster audit", "Print who changed what, and who was refused")
                .value("since", "string", "Calls since a time or a span before now (10m)")
                .value("until", "string", "Calls before a time or a span before now (10m)")
                .value("user", "string", "Calls of that person or node; at the local socket uid:0 and the like")
                .value("object", "string", "Calls about what has this name, or an id that begins so")
                .value("format", "string", "\"json\": the lines as they are in the file")
                .flag('f', "follow", "Follow what is called from now on")
                .flag('a', "all", "Of all managers, by time, instead of the one that is asked")
                .flag("verify", "Say whether a line was changed or removed since it was written");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String format = arguments.value("format");
        if (!format.isEmpty() && !format.equals("json")) {
            throw Arguments.invalid("format", format, "expected json");
        }
        if (arguments.isOn("all") && (arguments.isOn("follow") || arguments.isOn("verify"))) {
            throw new UsageException("--all does not go with --follow or --verify: ask each manager");
        }
        ReadAuditRequest request = ReadAuditRequest.newBuilder()
                .setSinceMillis(LogsCommand.time(arguments, "since") / NANOS_PER_MILLI)
                .setUntilMillis(LogsCommand.time(arguments, "until") / NANOS_PER_MILLI)
                .setUser(arguments.value("user")).setObject(arguments.value("object"))
                .setFollow(arguments.isOn("follow")).setVerify(arguments.isOn("verify"))
                .setAll(arguments.isOn("all")).build();
        int code = 0;
        try (NodeClient client = NodeClient.connectToCluster(console);
                Call call = client.stream("ReadAudit", request)) {
            for (ReadAuditResponse answer = NodeClient.next(call, ReadAuditResponse.parser()); answer != null;
                    answer = NodeClient.next(call, ReadAuditResponse.parser())) {
                if (answer.hasVerdict()) {
                    console.print(text(answer.getVerdict()));
                    code = answer.getVerdict().getBreaksCount() == 0 ? 0 : 1;
                } else if (answer.hasRecord()) {
                    console.println(format.isEmpty() ? text(answer.getRecord())
                            : Printable.text(answer.getRecord().getLine()));
                } else {
                    console.say("jctl: " + Printable.text(answer.getNotice()));
                }
            }
        }
        return code;
    }

    /** {@code TIME HOST #NUMBER ROLE NAME (FROM): CALL OBJECT (ID): RESULT}. */
    static String text(AuditRecord record) {
        StringBuilder line = new StringBuilder(Times.stamp(record.getAtMillis() * NANOS_PER_MILLI))
                .append(' ').append(record.getHost()).append(" #").append(record.getNumber()).append(' ')
                .append(record.getRole()).append(' ').append(record.getWho()).append(" (").append(record.getFrom())
                .append("): ").append(record.getCall());
        if (!record.getObject().isEmpty()) {
            line.append(' ').append(record.getObject());
        }
        if (!record.getId().isEmpty()) {
            line.append(" (").append(record.getId()).append(')');
        }
        line.append(": ").append(record.getResult());
        if (record.getIndex() > 0) {
            line.append(", entry ").append(record.getIndex());
        }
        if (!record.getMessage().isEmpty()) {
            line.append(": ").append(record.getMessage());
        }
        return Printable.text(line.toString());
    }

    static String text(AuditVerdict verdict) {
        StringBuilder text = new StringBuilder();
        verdict.getBreaksList().forEach(each -> text.append(Printable.text(each)).append('\n'));
        if (verdict.getLines() == 0) {
            return text.append("0 lines\n").toString();
        }
        return text.append(verdict.getLines()).append(" lines, ").append(verdict.getFirst()).append(" to ")
                .append(verdict.getNumber()).append(": ").append(verdict.getBreaksCount() == 0 ? "whole"
                        : "changed").append("; the last one is ").append(verdict.getDigest()).append('\n')
                .toString();
    }
}
