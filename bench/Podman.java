package bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** podman with folders of its own and crun under it. It has no daemon. */
final class Podman implements Engine {
    private final Path folder;
    private final List<String> podman;

    Podman(Path work) {
        folder = work.resolve("podman");
        podman = List.of("podman", "--root", folder + "/root", "--runroot", folder + "/run",
                "--tmpdir", folder + "/tmp", "--cgroup-manager", "cgroupfs", "--storage-driver",
                "overlay", "--runtime", "crun", "--events-backend", "none", "--log-level", "error");
    }

    @Override
    public String name() {
        return "podman";
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public List<String> command(List<String> arguments) {
        return Shell.join(podman, arguments);
    }

    @Override
    public List<String> run(List<String> options, List<String> program) {
        // Its default limits are above what root without CAP_SYS_RESOURCE may set.
        List<String> limits = List.of("run", "--ulimit", "nofile=1024:1024", "--ulimit",
                "nproc=4096:4096");
        return command(Shell.join(Shell.join(limits, options),
                Shell.join(List.of(TestImage.NAME), program)));
    }

    @Override
    public List<String> pull(String reference) {
        return command(List.of("pull", "-q", "--tls-verify=false", reference));
    }

    @Override
    public String keeper() {
        return "conmon";
    }

    @Override
    public void close() {
        Shell.run(Map.of(), command(List.of("rm", "-a", "-f", "-t", "0")));
        Shell.sh("for m in $(grep -o '" + folder + "[^ ]*' /proc/self/mounts | sort -r); do "
                + "umount \"$m\"; done; rm -rf '" + folder + "'");
        Shell.sh("find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null;"
                + " true");
    }
}
