package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import runtime.container.ContainerOptions.MountKind;
import runtime.container.ContainerOptions.MountOption;

/** Which volumes a container has: those it was given, and one for each place its image asks for. */
public final class VolumeMounts {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}");

    private VolumeMounts() {}

    /** Whether a text may be a volume's name: docker's rule, and at most 255 characters. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Refuses what cannot be a volume's name. */
    static void check(String name) throws ContainerException {
        if (!isName(name)) {
            throw new ContainerException(INVALID_OPTION, "\"" + name + "\" cannot be a volume's name:"
                    + " only [a-zA-Z0-9][a-zA-Z0-9_.-]+ is allowed, at most 255 characters; a folder of"
                    + " the host is given by its absolute path");
        }
    }

    /**
     * The mounts with those the image asks for: a volume without a name at each of its places where
     * nothing else is mounted. Nearer to the root comes first, so that none hides another.
     *
     * @throws ContainerException if two given ones have the same place
     */
    static List<MountOption> withImage(List<MountOption> given, Collection<String> imageVolumes)
            throws ContainerException {
        if (given.isEmpty() && imageVolumes.isEmpty()) {
            return given;
        }
        List<MountOption> all = new ArrayList<>(given);
        Set<String> taken = new HashSet<>();
        for (MountOption each : given) {
            if (!taken.add(clean(each.target()))) {
                throw new ContainerException(INVALID_OPTION,
                        "duplicate mount point: " + each.target());
            }
        }
        for (String place : imageVolumes) {
            String target = clean(place);
            if (target.startsWith("/") && !target.equals("/") && taken.add(target)) {
                all.add(MountOption.volume("", target));
            }
        }
        all.sort(Comparator.comparingInt(each -> depth(each.target())));
        return all;
    }

    private static String clean(String path) {
        return java.nio.file.Path.of(path).normalize().toString();
    }

    private static int depth(String path) {
        return java.nio.file.Path.of(path).normalize().getNameCount();
    }

    /**
     * Takes the volumes for a container; each has a name afterwards.
     *
     * @throws ContainerException if a name cannot be one; what was taken is to be released
     */
    static List<MountOption> claim(String containerId, List<MountOption> mounts,
            ContainerVolumes volumes) throws ContainerException, IOException {
        if (mounts.stream().noneMatch(each -> each.kind() == MountKind.VOLUME)) {
            return mounts;
        }
        List<MountOption> named = new ArrayList<>();
        for (MountOption mount : mounts) {
            if (mount.kind() == MountKind.VOLUME) {
                if (!mount.source().isEmpty()) {
                    check(mount.source());
                }
                named.add(mount.of(volumes.claim(containerId, mount.source())));
            } else {
                named.add(mount);
            }
        }
        return named;
    }

    /** Fills those that are empty with what the image has at their places. */
    static void fill(List<MountOption> mounts, ContainerImages.Image image,
            ContainerVolumes volumes) throws IOException {
        for (MountOption mount : mounts) {
            if (mount.kind() == MountKind.VOLUME && !mount.noCopy()) {
                volumes.fill(mount.source(), image.lowerFolders(), mount.target());
            }
        }
    }

    /** The names of a container's volumes. */
    public static Set<String> of(ContainerRecord record) {
        return record.options().mounts().stream().filter(each -> each.kind() == MountKind.VOLUME)
                .map(MountOption::source).collect(Collectors.toSet());
    }
}
