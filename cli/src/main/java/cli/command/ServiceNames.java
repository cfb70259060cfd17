package cli.command;

import java.util.Random;

/** Names of services and of what belongs to a cluster. */
final class ServiceNames {
    private static final int LONGEST = 63;

    private ServiceNames() {}

    /** The name the user gave, or one made of the image's. */
    static String of(Arguments arguments) throws UsageException {
        if (!arguments.has("name")) {
            return ofImage(arguments.positional(0));
        }
        String name = arguments.value("name");
        String wrong = wrong(name);
        if (!wrong.isEmpty()) {
            throw Arguments.invalid("name", name, wrong);
        }
        return name;
    }

    /** What is wrong with a service's name; empty if nothing is. */
    static String wrong(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return "a service's name has 1 to " + LONGEST + " characters";
        }
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            boolean sign = character == '-' || character == '.';
            if (!(isLowerCase(character) || sign && i > 0 && i < name.length() - 1)) {
                return "a service's name is made of lower-case letters a to z, digits, - and ., the last two"
                        + " not at its ends";
            }
        }
        return "";
    }

    /**
     * Refuses what cannot be the name of a secret, config or project.
     *
     * @param noun "secret"
     */
    static void check(String noun, String name) throws UsageException {
        boolean fits = !name.isEmpty() && name.length() <= LONGEST;
        for (int i = 0; fits && i < name.length(); i++) {
            char character = name.charAt(i);
            fits = isLowerCase(character) || character >= 'A' && character <= 'Z' || "-_.".indexOf(character) >= 0;
        }
        if (!fits) {
            throw new UsageException("invalid " + noun + " name \"" + name + "\": expected 1 to " + LONGEST
                    + " letters a to z, digits, -, _ and .");
        }
    }

    private static boolean isLowerCase(char character) {
        return character >= 'a' && character <= 'z' || character >= '0' && character <= '9';
    }

    /** "registry:5000/team/Web_Site:1" is "web-site-3f2a90c1". */
    private static String ofImage(String image) {
        int from = image.lastIndexOf('/') + 1;
        StringBuilder name = new StringBuilder();
        for (int i = from; i < image.length() && image.charAt(i) != ':' && image.charAt(i) != '@'; i++) {
            char character = Character.toLowerCase(image.charAt(i));
            if (isLowerCase(character)) {
                name.append(character);
            } else if (!name.isEmpty() && name.charAt(name.length() - 1) != '-') {
                name.append('-');
            }
        }
        name.setLength(Math.min(name.length(), 40));
        if (name.isEmpty() || name.charAt(name.length() - 1) != '-') {
            name.append(name.isEmpty() ? "service-" : "-");
        }
        String digits = Integer.toHexString(new Random().nextInt());
        return name.append("00000000", digits.length(), 8).append(digits).toString();
    }
}
