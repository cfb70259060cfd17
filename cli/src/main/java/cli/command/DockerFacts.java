package cli.command;

import api.node.InfoResponse;
import cli.render.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code version} and {@code info} say under docker's names, for scripts that ask for them. Names
 * docker's Go has in templates and names of its JSON stand side by side where they differ. What jctl has
 * no answer for (GoVersion, GitCommit, NGoroutines, RuncCommit …) is not there, and a template that asks
 * for it is told so.
 */
final class DockerFacts {
    /** Of the interface between this command and the daemon, the only one there is so far. */
    private static final String API_VERSION = "1";
    private static final String LINUX = "linux";
    private static final String RUNTIME = "jctl";
    private static final String VERSION = "Version";
    private static final String OS_ARCHITECTURE = "OsArch";
    private static final String DAEMON_API_VERSION = "ApiVersion";

    private DockerFacts() {}

    /** @param facts the command's own, under its own names, which stay */
    static Map<String, Object> client(Map<String, Object> facts, String context) {
        Map<String, Object> client = program(facts, API_VERSION);
        client.put("DefaultAPIVersion", API_VERSION);
        client.put("Context", context);
        return client;
    }

    /** @param facts the daemon's own, under its own names, which stay */
    static Map<String, Object> server(Map<String, Object> facts) {
        Map<String, Object> server = program(facts, String.valueOf(facts.get(DAEMON_API_VERSION)));
        server.put("MinAPIVersion", API_VERSION);
        server.put("KernelVersion", facts.get("Kernel"));
        server.put("Experimental", false);
        Map<String, Object> details = new LinkedHashMap<>();
        for (String name : List.of("ApiVersion", "MinAPIVersion", "Os", "Arch", "KernelVersion",
                "Experimental")) {
            details.put(name, String.valueOf(server.get(name)));
        }
        Map<String, Object> engine = new LinkedHashMap<>();
        engine.put("Name", "Engine");
        engine.put(VERSION, facts.get(VERSION));
        engine.put("Details", details);
        server.put("Components", List.of(engine));
        return server;
    }

    private static Map<String, Object> program(Map<String, Object> facts, String apiVersion) {
        Map<String, Object> program = new LinkedHashMap<>(facts);
        program.put("Platform", new LinkedHashMap<>(Map.of("Name", RUNTIME)));
        program.put("APIVersion", apiVersion);
        program.put("ApiVersion", apiVersion);
        program.put("Os", LINUX);
        program.put("Arch", architecture(String.valueOf(facts.get(OS_ARCHITECTURE))));
        return program;
    }

    /** As images name it. */
    private static String architecture(String java) {
        return switch (java) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> java;
        };
    }

    /** What docker's {@code info} has beyond what jctl's says under the same name. */
    static Map<String, Object> info(InfoResponse info) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("ID", info.getId());
        values.put("OSType", LINUX);
        values.put("OSVersion", info.getOperatingSystemVersion());
        values.put("SystemTime", Times.stamp(info.getTimeUnixNanos()));
        values.put("Driver", "overlay");
        values.put("DockerRootDir", info.getDataFolder());
        limits(info, values);
        values.put("IPv4Forwarding", info.getIpv4Forwarding());
        values.put("Runtimes", new LinkedHashMap<>(Map.of(RUNTIME, new LinkedHashMap<>())));
        values.put("DefaultRuntime", RUNTIME);
        values.put("LiveRestoreEnabled", true);
        values.put("ExperimentalBuild", false);
        values.put("IndexServerAddress", "https://index.docker.io/v1/");
        values.put("CDISpecDirs", list(info.getDeviceFoldersList()));
        values.put("SecurityOptions", list(info.getSecurityFeaturesList().stream()
                .map(feature -> "name=" + feature).toList()));
        values.put("Plugins", plugins(info));
        values.put("Labels", new ArrayList<>());
        values.put("Swarm", swarm());
        values.put("ServerErrors", new ArrayList<>());
        return values;
    }

    private static void limits(InfoResponse info, Map<String, Object> values) {
        List<String> controllers = info.getCgroupControllersList();
        values.put("CgroupDriver", "cgroupfs");
        values.put("CgroupVersion", info.getCgroupMode().equals("v2") ? "2" : "1");
        values.put("MemoryLimit", controllers.contains("memory"));
        values.put("SwapLimit", info.getSwapLimit());
        values.put("OomKillDisable", info.getOomKillDisable());
        boolean cpu = controllers.contains("cpu");
        for (String name : List.of("CPUShares", "CPUCfsPeriod", "CpuCfsPeriod", "CPUCfsQuota",
                "CpuCfsQuota")) {
            values.put(name, cpu);
        }
        values.put("CPUSet", controllers.contains("cpuset"));
        values.put("PidsLimit", controllers.contains("pids"));
    }

    private static Map<String, Object> plugins(InfoResponse info) {
        Map<String, Object> plugins = new LinkedHashMap<>();
        plugins.put("Volume", list(List.of("local")));
        plugins.put("Network", list(List.of("bridge", "host", "null")));
        plugins.put("Authorization", new ArrayList<>());
        plugins.put("Log", list(info.getLoggingDriversList()));
        return plugins;
    }

    private static Map<String, Object> swarm() {
        Map<String, Object> swarm = new LinkedHashMap<>();
        swarm.put("NodeID", "");
        swarm.put("NodeAddr", "");
        swarm.put("LocalNodeState", "inactive");
        swarm.put("ControlAvailable", false);
        swarm.put("Error", "");
        return swarm;
    }

    private static List<Object> list(List<String> words) {
        return new ArrayList<>(words);
    }
}
