package clusterd.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.CreateContainerRequest;
import api.node.Mount;
import clusterd.model.ContainerTemplate;
import clusterd.model.FileReference;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.TaskTemplate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a service cannot say. */
class ContainerTemplateCheckTest {
    private static TaskTemplate template(CreateContainerRequest.Builder options, FileReference... secrets) {
        return new TaskTemplate(new ContainerTemplate("web:1", options.build().toByteArray()),
                Resources.of(0, 0), Placement.ANYWHERE, RestartPolicy.STANDARD, List.of(), List.of(secrets),
                List.of(), 0);
    }

    private static List<String> problems(CreateContainerRequest.Builder options, FileReference... secrets) {
        return ContainerTemplateCheck.problems(template(options, secrets));
    }

    @Test
    void anOrdinaryServiceHasNone() {
        assertEquals(List.of(), problems(CreateContainerRequest.newBuilder().setImage("web:1").setTty(true)
                .addEnv("A={{.Task.Slot}}").addEnv("B={{.Service.Labels.any}}").putLabels("a", "b")
                .setNetworkMode("host").addMounts(Mount.newBuilder().setTarget("/data")),
                new FileReference("key", "", 0, 0, 0400), new FileReference("other", "/etc/key", 1, 1, 0440)));
    }

    @Test
    void allIsSaidAtOnce() {
        List<String> problems = problems(CreateContainerRequest.newBuilder().setImage("web:2").setName("me")
                .setTty(true).setInteractive(true).setAutoRemove(true).setRestart("always")
                .setNetworkMode("container:x").setPidMode("container:y").setIpcMode("container:z")
                .addVolumesFrom("v").addIsolate("pid").putLabels("jctl.task.id", "t").setHostname("{{.Nope}}")
                .addEnv("A={{").addMounts(Mount.newBuilder().setSource("/{{.X.Y}}").setTarget("/etc/key")),
                new FileReference("key", "/etc/key", -1, 0, 0400), new FileReference("up", "../x", 0, 0, 0100000));
        assertEquals(18, problems.size(), String.join("\n", problems));
        assertTrue(problems.stream().allMatch(each -> each.length() > 20), problems.toString());
    }

    @Test
    void whatMustNotRunTwiceHasItsProcessesForItself() {
        TaskTemplate shared = template(CreateContainerRequest.newBuilder().setImage("web:1").setPidMode("host"));
        assertEquals(List.of(), ContainerTemplateCheck.problems(shared, false));
        List<String> problems = ContainerTemplateCheck.problems(shared, true);
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().startsWith("--unique and --pid host exclude each other: "), problems.toString());
        assertEquals(List.of(), ContainerTemplateCheck.problems(
                template(CreateContainerRequest.newBuilder().setImage("web:1")), true));
    }

    @Test
    void anImageIsNeeded() {
        assertEquals(List.of("a service's task needs an image"), ContainerTemplateCheck.problems(
                TaskTemplate.of(new ContainerTemplate(" ", new byte[0]), Resources.of(0, 0))));
    }

    @Test
    void optionsThatAreNoneAreSaidToBe() {
        List<String> problems = ContainerTemplateCheck.problems(
                TaskTemplate.of(new ContainerTemplate("a", new byte[] {(byte) 0xff, 1}), Resources.of(0, 0)));
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().startsWith("the container's options cannot be read"), problems.toString());
    }
}
