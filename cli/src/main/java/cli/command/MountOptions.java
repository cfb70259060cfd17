package cli.command;

import static api.node.CreateContainerRequest.*;

import api.node.CreateContainerRequest;
import api.node.Device;
import api.node.Mount;
import cli.wire.MessageWriter;
import java.nio.file.Path;
import java.util.List;

/** --volume, --mount, --tmpfs, --device and --resource. */
final class MountOptions {
    private MountOptions() {}

    static void add(MessageWriter request, Arguments arguments)
            throws UsageException {
        for (String word : arguments.values("volume")) {
            request.bytes(MOUNTS_FIELD_NUMBER, volume(word).toByteArray());
        }
        for (String word : arguments.values("mount")) {
            request.bytes(MOUNTS_FIELD_NUMBER, mount(word).toByteArray());
        }
        for (String word : arguments.values("tmpfs")) {
            request.bytes(MOUNTS_FIELD_NUMBER, tmpfs(word).toByteArray());
        }
        HugePageFlags.add(request, arguments);
        for (String word : arguments.values("device")) {
            if (isCdiName(word)) {
                request.string(CDI_DEVICES_FIELD_NUMBER, word);
            } else {
                request.bytes(DEVICES_FIELD_NUMBER, device(word).toByteArray());
            }
        }
        request.string(GPUS_FIELD_NUMBER, gpus(arguments));
        if (arguments.has("resource")) {
            ResourceFlags.add(request, arguments);
        }
        request.number(CreateContainerRequest.EXCLUSIVE_CPUS_FIELD_NUMBER, arguments.atLeast(1, "exclusive-cpus"));
        request.string(CreateContainerRequest.NUMA_FIELD_NUMBER, arguments.value("numa"));
        request.strings(VOLUMES_FROM_FIELD_NUMBER, arguments.values("volumes-from"));
        request.number(SHM_SIZE_BYTES_FIELD_NUMBER, arguments.bytes("shm-size"));
    }

    /** "/target", "source:/target", "source:/target:ro,rslave". */
    static Mount volume(String word) throws UsageException {
        String[] parts = word.split(":", -1);
        if (parts.length > 3 || word.isEmpty()) {
            throw Arguments.invalid("volume", word, "expected [source:]target[:options]");
        }
        String source = parts.length == 1 ? "" : parts[0];
        String target = parts.length == 1 ? parts[0] : parts[1];
        Mount.Builder mount = Mount.newBuilder().setTarget(target);
        if (source.isEmpty() && parts.length > 1) {
            throw Arguments.invalid("volume", word, "the source is empty");
        }
        if (source.startsWith("/") || source.startsWith(".")) {
            mount.setKind(Mount.Kind.BIND).setSource(absolute(source)).setCreateSource(true);
        } else {
            mount.setKind(Mount.Kind.VOLUME).setSource(source);
        }
        requireTarget("volume", word, target);
        if (parts.length == 3) {
            for (String option : KeyValue.commas(parts[2])) {
                volumeOption(mount, word, option);
            }
        }
        return mount.build();
    }

    private static void volumeOption(Mount.Builder mount, String word, String option)
            throws UsageException {
        switch (option) {
            case "", "rw", "z", "Z", "cached", "delegated", "consistent" -> { }
            case "ro" -> mount.setReadOnly(true);
            case "nocopy" -> mount.setVolumeNoCopy(true);
            default -> mount.setPropagation(propagation("volume", word, option));
        }
    }

    /** "type=bind,source=/a,target=/b,readonly". */
    static Mount mount(String word) throws UsageException {
        Mount.Builder mount = Mount.newBuilder().setKind(Mount.Kind.VOLUME);
        for (String field : KeyValue.commas(word)) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            String value = equals < 0 ? "true" : field.substring(equals + 1);
            mountField(mount, word, key, value);
        }
        requireTarget("mount", word, mount.getTarget());
        switch (mount.getKind()) {
            case BIND -> {
                if (!mount.getSource().startsWith("/")) {
                    throw Arguments.invalid("mount", word, "a bind mount needs an absolute source");
                }
            }
            case TMPFS -> {
                if (!mount.getSource().isEmpty()) {
                    throw Arguments.invalid("mount", word, "a tmpfs has no source");
                }
            }
            case VOLUME, HUGE_PAGES, UNRECOGNIZED -> { }
        }
        return mount.build();
    }

    private static void mountField(Mount.Builder mount, String word, String key, String value)
            throws UsageException {
        switch (key) {
            case "type" -> mount.setKind(switch (value) {
                case "bind" -> Mount.Kind.BIND;
                case "tmpfs" -> Mount.Kind.TMPFS;
                case "volume" -> Mount.Kind.VOLUME;
                default -> throw Arguments.invalid("mount", word,
                        "unknown type \"" + value + "\", expected bind, tmpfs or volume");
            });
            case "source", "src" -> mount.setSource(
                    value.startsWith(".") ? absolute(value) : value);
            case "target", "dst", "destination" -> mount.setTarget(value);
            case "readonly", "ro" -> mount.setReadOnly(truth(word, key, value));
            case "bind-propagation" -> mount.setPropagation(propagation("mount", word, value));
            case "bind-recursive" -> mount.setNotRecursive(value.equals("disabled"));
            case "bind-nonrecursive" -> mount.setNotRecursive(truth(word, key, value));
            case "volume-nocopy" -> mount.setVolumeNoCopy(truth(word, key, value));
            case "tmpfs-size" -> mount.setTmpfsSizeBytes(Arguments.bytes("mount", value));
            case "tmpfs-mode" -> mount.setTmpfsMode(octal("mount", value));
            default -> throw Arguments.invalid("mount", word, "unknown key \"" + key + "\"");
        }
    }

    /** "/run", "/run:rw,noexec,size=64m,mode=1777". */
    static Mount tmpfs(String word) throws UsageException {
        int colon = word.indexOf(':');
        String target = colon < 0 ? word : word.substring(0, colon);
        requireTarget("tmpfs", word, target);
        Mount.Builder mount = Mount.newBuilder().setKind(Mount.Kind.TMPFS).setTarget(target);
        List<String> options =
                colon < 0 ? List.of() : KeyValue.commas(word.substring(colon + 1));
        for (String option : options) {
            if (option.startsWith("size=")) {
                mount.setTmpfsSizeBytes(Arguments.bytes("tmpfs", option.substring(5)));
            } else if (option.startsWith("mode=")) {
                mount.setTmpfsMode(octal("tmpfs", option.substring(5)));
            } else if (option.equals("ro")) {
                mount.setReadOnly(true);
            } else if (!option.isEmpty() && !option.equals("rw")) {
                mount.addTmpfsOptions(option);
            }
        }
        return mount.build();
    }

    /** "/dev/a", "/dev/a:/dev/b", "/dev/a:rw", "/dev/a:/dev/b:rwm". */
    static Device device(String word) throws UsageException {
        String[] parts = word.split(":", -1);
        String permissions = "";
        String inside = parts[0];
        if (parts.length == 3) {
            inside = parts[1];
            permissions = parts[2];
        } else if (parts.length == 2 && parts[1].startsWith("/")) {
            inside = parts[1];
        } else if (parts.length == 2) {
            permissions = parts[1];
        }
        if (parts.length > 3 || !parts[0].startsWith("/") || !inside.startsWith("/")
                || !isPermissions(permissions)) {
            throw Arguments.invalid("device", word,
                    "expected /host/path[:/container/path][:rwm], or vendor.com/class=name of a"
                            + " CDI spec");
        }
        return Device.newBuilder().setHostPath(parts[0]).setContainerPath(inside)
                .setPermissions(permissions).build();
    }

    /** A device of the Container Device Interface; no path, which begins with a slash. */
    private static boolean isCdiName(String word) {
        int slash = word.indexOf('/');
        return slash > 0 && word.indexOf('=') > slash;
    }

    private static String gpus(Arguments arguments) throws UsageException {
        if (arguments.has("gpus") && arguments.value("gpus").isEmpty()) {
            throw Arguments.invalid("gpus", "", "expected all, a number, or device=NAME[,NAME]");
        }
        return arguments.value("gpus");
    }

    private static boolean isPermissions(String permissions) {
        for (int i = 0; i < permissions.length(); i++) {
            if ("rwm".indexOf(permissions.charAt(i)) < 0
                    || permissions.indexOf(permissions.charAt(i)) != i) {
                return false;
            }
        }
        return true;
    }

    private static Mount.Propagation propagation(String option, String word, String value)
            throws UsageException {
        return switch (value) {
            case "private" -> Mount.Propagation.PRIVATE;
            case "rprivate" -> Mount.Propagation.RPRIVATE;
            case "shared" -> Mount.Propagation.SHARED;
            case "rshared" -> Mount.Propagation.RSHARED;
            case "slave" -> Mount.Propagation.SLAVE;
            case "rslave" -> Mount.Propagation.RSLAVE;
            default -> throw Arguments.invalid(option, word, "unknown option \"" + value + "\"");
        };
    }

    private static boolean truth(String word, String key, String value) throws UsageException {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Arguments.invalid("mount", word,
                    "invalid value for \"" + key + "\": " + value);
        };
    }

    private static int octal(String option, String value) throws UsageException {
        try {
            int mode = Integer.parseInt(value, 8);
            if (mode >= 0 && mode <= 07777) {
                return mode;
            }
        } catch (NumberFormatException e) {
            throw Arguments.invalid(option, value, "expected an octal mode like 1777");
        }
        throw Arguments.invalid(option, value, "expected an octal mode like 1777");
    }

    private static void requireTarget(String option, String word, String target)
            throws UsageException {
        if (!target.startsWith("/") || target.equals("/")) {
            throw Arguments.invalid(option, word,
                    "the target must be an absolute path in the container, and not /");
        }
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }
}
