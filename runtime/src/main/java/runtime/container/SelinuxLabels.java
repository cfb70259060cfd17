package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.util.List;
import java.util.Optional;

/**
 * The labels SELinux goes by, from {@code --security-opt label=…} ({@code selinux(8)}).
 *
 * @param process of the container's processes; absent for whatever the policy gives them
 * @param files   of what is mounted for it
 */
record SelinuxLabels(Optional<String> process, Optional<String> files) {
    private static final SelinuxLabels NONE = new SelinuxLabels(Optional.empty(), Optional.empty());
    /** Categories of the standard policy are c0 to c1023. */
    private static final int CATEGORIES = 1024;
    private static final int DIGITS = 8;

    /**
     * What the words say; what they leave out is as container-selinux has it. Without a word, and
     * with {@code disable} among them, there are no labels.
     *
     * @param words       {@code user:…}, {@code role:…}, {@code type:…}, {@code level:…},
     *                    {@code filetype:…} or {@code disable}
     * @param containerId which chooses the level's two categories, so that containers of the same
     *                    type are kept apart
     */
    static SelinuxLabels of(List<String> words, String containerId) throws ContainerException {
        if (words.isEmpty() || words.contains("disable")) {
            return NONE;
        }
        String user = "system_u";
        String role = "system_r";
        String type = "container_t";
        String fileType = "container_file_t";
        String level = level(containerId);
        for (String word : words) {
            int colon = word.indexOf(':');
            String value = word.substring(colon + 1);
            if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"')) {
                throw unknown(word);
            }
            switch (colon < 0 ? "" : word.substring(0, colon)) {
                case "user" -> user = value;
                case "role" -> role = value;
                case "type" -> type = value;
                case "level" -> level = value;
                case "filetype" -> fileType = value;
                default -> throw unknown(word);
            }
        }
        return new SelinuxLabels(Optional.of(String.join(":", user, role, type, level)),
                Optional.of(String.join(":", user, "object_r", fileType, level)));
    }

    private static String level(String containerId) {
        int first = category(containerId.substring(0, DIGITS), CATEGORIES);
        int second = category(containerId.substring(DIGITS, 2 * DIGITS), CATEGORIES - 1);
        // One fewer to choose from, and the first left out: two different ones.
        second = second >= first ? second + 1 : second;
        return "s0:c" + Math.min(first, second) + ",c" + Math.max(first, second);
    }

    private static int category(String digits, int bound) {
        return (int) (Long.parseLong(digits, 16) % bound);
    }

    private static ContainerException unknown(String word) {
        return new ContainerException(INVALID_OPTION, "--security-opt label=" + word
                + ": expected user:NAME, role:NAME, type:NAME, level:NAME, filetype:NAME or"
                + " disable");
    }
}
