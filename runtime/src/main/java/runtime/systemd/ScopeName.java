package runtime.systemd;

/**
 * A scope and the slice it lies in ({@code systemd.scope(5)}, {@code systemd.slice(5)}).
 *
 * @param slice {@code machine.slice}
 * @param unit  {@code libpod-4f2a.scope}
 */
public record ScopeName(String slice, String unit) {
    private static final String SLICE = ".slice";
    private static final int MAX_LENGTH = 255;

    /**
     * The scope that {@code slice:prefix:name} names, as runc and crun read it.
     *
     * @param usual the slice if none is named
     * @throws IllegalArgumentException if it names none
     */
    public static ScopeName parse(String cgroupsPath, String usual) {
        String[] parts = cgroupsPath.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("with --systemd-cgroup a path is slice:prefix:name, such"
                    + " as system.slice:jrun:web; without it a path below each hierarchy's root");
        }
        String slice = parts[0].isEmpty() ? usual : parts[0];
        String unit = (parts[1].isEmpty() ? "" : parts[1] + "-") + parts[2] + ".scope";
        if (!isUnit(slice) || !slice.endsWith(SLICE) || slice.contains("--")
                || slice.startsWith("-") && !slice.equals("-.slice")) {
            throw new IllegalArgumentException("\"" + slice + "\" is no slice of systemd's; its name ends"
                    + " with .slice, and - stands between it and those above");
        }
        if (parts[2].isEmpty() || parts[2].endsWith(SLICE) || !isUnit(unit)) {
            throw new IllegalArgumentException("\"" + unit + "\" is no scope of systemd's: letters, digits"
                    + " and any of :-_.\\@, at most " + MAX_LENGTH + " of them");
        }
        return new ScopeName(slice, unit);
    }

    private static boolean isUnit(String name) {
        return name.length() <= MAX_LENGTH && name.matches("[A-Za-z0-9:_.\\\\@-]+");
    }
}
