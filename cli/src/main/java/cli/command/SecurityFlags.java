package cli.command;

import api.node.CreateContainerRequest;
import api.node.SecurityOptions;
import cli.wire.MessageWriter;
import java.io.IOException;

/** --security-opt. */
final class SecurityFlags {
    private SecurityFlags() {}

    static void add(MessageWriter request, Arguments arguments)
            throws UsageException, IOException {
        if (!arguments.has("security-opt")) {
            return;
        }
        SecurityOptions.Builder security = SecurityOptions.newBuilder();
        for (String word : arguments.values("security-opt")) {
            option(security, word);
        }
        request.bytes(CreateContainerRequest.SECURITY_FIELD_NUMBER,
                security.build().toByteArray());
    }

    private static void option(SecurityOptions.Builder security, String word)
            throws UsageException, IOException {
        int cut = word.indexOf('=') >= 0 ? word.indexOf('=') : word.indexOf(':');
        String key = cut < 0 ? word : word.substring(0, cut);
        String value = cut < 0 ? "" : word.substring(cut + 1);
        switch (key) {
            case "no-new-privileges" -> security.setNoNewPrivileges(switch (value) {
                case "", "true" -> true;
                case "false" -> false;
                default -> throw Arguments.invalid("security-opt", word, "expected true or false");
            });
            case "seccomp" -> {
                if (value.equals("unconfined")) {
                    security.setSeccompUnconfined(true);
                } else if (value.isEmpty()) {
                    throw Arguments.invalid("security-opt", word, "expected unconfined or a file");
                } else if (!value.equals("builtin")) {
                    security.setSeccompProfileJson(Environment.text(value));
                }
            }
            case "apparmor" -> security.setApparmorProfile(value);
            case "label" -> security.addSelinuxLabels(value);
            case "systempaths" -> {
                if (!value.equals("unconfined")) {
                    throw Arguments.invalid("security-opt", word, "expected unconfined");
                }
                security.setSystemPathsUnconfined(true);
            }
            default -> throw Arguments.invalid("security-opt", word,
                    "unknown option \"" + key + "\"");
        }
    }
}
