package cli.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A command's manual page in {@code man(7)}'s own macros, made of its {@link Syntax}. */
final class ManualPage {
    private ManualPage() {}

    /** The page of one command: {@code jctl-run(1)}. */
    static String of(Syntax syntax) {
        StringBuilder page = new StringBuilder();
        String name = "jctl-" + syntax.name().replace(' ', '-');
        heading(page, name);
        page.append(".SH NAME\n").append(roff(name)).append(" \\- ").append(roff(syntax.summary()))
                .append("\n.SH SYNOPSIS\n.B jctl ").append(roff(syntax.name()))
                .append("\n[\\fIOPTIONS\\fR] ").append(roff(syntax.positionalsPicture())).append('\n');
        List<Option> options = new ArrayList<>(syntax.options());
        options.sort(Comparator.comparing(Option::name));
        if (!options.isEmpty()) {
            page.append(".SH OPTIONS\n");
        }
        for (Option option : options) {
            page.append(".TP\n");
            if (option.letter() != 0) {
                page.append("\\fB\\-").append(option.letter()).append("\\fR, ");
            }
            page.append("\\fB\\-\\-").append(roff(option.name())).append("\\fR");
            if (!option.isSwitch()) {
                page.append(" \\fI").append(roff(option.valueName())).append("\\fR");
            }
            page.append('\n').append(roff(option.description())).append('\n');
        }
        page.append(".SH SEE ALSO\n.BR jctl (1)\n");
        return page.toString();
    }

    /** The page of the program, which lists the others. */
    static String ofProgram(List<Syntax> commands) {
        StringBuilder page = new StringBuilder();
        heading(page, "jctl");
        page.append(".SH NAME\njctl \\- containers, isolated by the kernel's own means\n"
                + ".SH SYNOPSIS\n.B jctl\n[\\fB\\-H\\fR \\fIADDRESS\\fR] [\\fB\\-c\\fR \\fICONTEXT\\fR]"
                + " \\fICOMMAND\\fR\n.SH COMMANDS\n");
        for (Syntax command : commands) {
            page.append(".TP\n.BR jctl\\-").append(roff(command.name().replace(' ', '-')))
                    .append(" (1)\n").append(roff(command.summary())).append('\n');
        }
        page.append(".SH ENVIRONMENT\n.TP\nJCTL_HOST\nThe daemon's address, as \\fB\\-H\\fR.\n"
                + ".TP\nJCTL_CONTEXT\nThe context, as \\fB\\-c\\fR.\n"
                + ".TP\nJCTL_CONFIG\nThe folder of config.json; else ~/.jctl.\n"
                + ".SH EXIT STATUS\nThat of the container's program; 125 if jctl itself failed, 126 if"
                + " the program cannot be executed, 127 if it is not there.\n");
        return page.toString();
    }

    private static void heading(StringBuilder page, String name) {
        page.append(".TH ").append(roff(name).toUpperCase(java.util.Locale.ROOT)).append(" 1 \"\" \"jctl ")
                .append(Jctl.VERSION).append("\"\n");
    }

    /** Text in which nothing is taken for a request or an escape. */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
