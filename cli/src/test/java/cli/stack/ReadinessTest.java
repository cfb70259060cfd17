package cli.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.compose.ComposeInput;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeReader;
import clusterd.compose.ComposeService;
import clusterd.compose.Dependency.Condition;
import clusterd.model.RestartPolicy;
import clusterd.model.TaskState;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {

    private static ComposeProject project(String text) {
        return ComposeReader.read(ComposeInput.of("shop", text)).project().orElseThrow();
    }

    private static ComposeService service(String more) {
        return project("services: {web: {image: a" + more + "}}").services().get("web");
    }

    private static Readiness.Seen task(TaskState state) {
        return new Readiness.Seen(state, true, 1, "");
    }

    private static Readiness.Seen failed(long at, String error) {
        return new Readiness.Seen(TaskState.FAILED, false, at, error);
    }

    private static boolean done(Condition condition, ComposeService service, Readiness.Seen... tasks) {
        return Readiness.of(condition, service, List.of(tasks)).done();
    }

    @Test
    void aServiceThatStartsHasStartedAndIsNotHealthy() {
        ComposeService web = service("");
        assertFalse(done(Condition.STARTED, web));
        assertFalse(done(Condition.STARTED, web, task(TaskState.PREPARING)));
        assertTrue(done(Condition.STARTED, web, task(TaskState.STARTING)));
        assertFalse(done(Condition.HEALTHY, web, task(TaskState.STARTING)));
        assertTrue(done(Condition.HEALTHY, web, task(TaskState.RUNNING)));
        assertFalse(done(Condition.HEALTHY, web, task(TaskState.RUNNING), task(TaskState.PENDING)));
    }

    @Test
    void whatHasEndedWellHasStartedAndCompleted() {
        ComposeService once = service(", restart: \"no\"");
        assertTrue(done(Condition.STARTED, once, task(TaskState.COMPLETE)));
        assertTrue(done(Condition.COMPLETED, once, task(TaskState.COMPLETE)));
        assertFalse(done(Condition.COMPLETED, once, task(TaskState.RUNNING)));
        assertTrue(Readiness.isOver(once, List.of(task(TaskState.COMPLETE))));
        assertFalse(Readiness.isOver(service(""), List.of(task(TaskState.COMPLETE))));
        assertEquals("it ended before it was healthy",
                Readiness.of(Condition.HEALTHY, once, List.of(task(TaskState.COMPLETE))).failure());
    }

    @Test
    void aTaskThatWasToldToEndDoesNotCount() {
        assertFalse(done(Condition.STARTED, service(""), new Readiness.Seen(TaskState.RUNNING, false, 1, "")));
    }

    @Test
    void oneFailureIsEnoughWhereNothingFollows() {
        Readiness seen = Readiness.of(Condition.COMPLETED, service(", restart: \"no\""),
                List.of(failed(1, "exit 3")));
        assertEquals(new Readiness(false, "exit 3"), seen);
        assertTrue(Readiness.isOver(service(", restart: \"no\""), List.of(failed(1, "exit 3"))));
    }

    @Test
    void tasksThatAreTriedAgainFailOnlyWhenManyHave() {
        ComposeService web = service("");
        assertEquals("", Readiness.of(Condition.STARTED, web, List.of(failed(1, "a"))).failure());
        assertEquals("b", Readiness.of(Condition.STARTED, web, List.of(failed(1, "a"), failed(1, "a"),
                failed(9, "b"), failed(1, "a"), failed(1, "a"))).failure());
        assertEquals("a", Readiness.of(Condition.STARTED, service(", restart: \"on-failure:1\""),
                Collections.nCopies(2, failed(1, "a"))).failure());
    }

    @Test
    void noTaskIsWantedOfAServiceWithNoReplicas() {
        assertTrue(done(Condition.STARTED, service(", deploy: {replicas: 0}")));
        assertTrue(done(Condition.HEALTHY, service(", deploy: {replicas: 0}")));
    }

    @Test
    void whatOthersWaitForToEndIsNotStartedAgain() {
        ComposeProject project = Readiness.endingWhereWaitedFor(project("""
                services:
                  migrate: {image: a}
                  retried: {image: a, restart: on-failure}
                  web:
                    image: a
                    depends_on:
                      migrate: {condition: service_completed_successfully}
                      retried: {condition: service_completed_successfully}
                """));
        assertEquals(RestartPolicy.Condition.NONE, project.services().get("migrate").restart().condition());
        assertEquals(RestartPolicy.Condition.ON_FAILURE, project.services().get("retried").restart().condition());
        assertEquals(RestartPolicy.Condition.ANY, project.services().get("web").restart().condition());
    }
}
