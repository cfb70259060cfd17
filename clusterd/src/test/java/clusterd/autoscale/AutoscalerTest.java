package clusterd.autoscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Autoscaling;
import clusterd.model.Mode;
import clusterd.model.NodeId;
import clusterd.model.ScaleStep;
import clusterd.model.ScaleTarget;
import clusterd.model.Scaling;
import clusterd.model.ServiceId;
import clusterd.session.MetricValue;
import clusterd.session.TaskUsage;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AutoscalerTest {
    private static final ScaleTarget CPU = new ScaleTarget.Cpu(70);
    private static final ScaleStep AT_ONCE = new ScaleStep(100_000, 1_000, 1_000);

    private final World world = new World();

    private static ScaleTarget queue(String service, double average) {
        return new ScaleTarget.Metric(service, World.QUEUE, average);
    }

    @Test
    void moreProcessorTimeThanWantedMakesMoreTasks() {
        ServiceId web = World.replicated(world, 3, Autoscaling.of(1, 50, CPU));
        world.cpu(web, 3, 280);
        world.step();
        assertEquals(12, world.count(web));
        Scaling last = world.scalings(web).getFirst();
        assertEquals("3 to 12: cpu 280% of 70% wanted", last.from() + " to " + last.to() + ": " + last.why());
    }

    @Test
    void whatIsNearEnoughIsLeftAlone() {
        ServiceId web = World.replicated(world, 10, Autoscaling.of(1, 50, CPU).withWindows(0, 0));
        for (long millis : List.of(76L, 70L, 64L)) {
            world.cpu(web, 10, millis);
            assertEquals(List.of(), world.step());
        }
        world.cpu(web, 10, 50);
        world.step();
        assertEquals(8, world.count(web));
    }

    @Test
    void theTargetThatAsksForMostCounts() {
        ServiceId web = World.replicated(world, 2, Autoscaling.of(1, 50, CPU, queue("", 10)));
        List<TaskUsage> usages = new ArrayList<>();
        for (int slot = 1; slot <= 2; slot++) {
            usages.add(new TaskUsage(World.task(web, slot), OptionalLong.of(140), OptionalLong.empty(),
                    List.of(MetricValue.of(World.QUEUE, 40))));
        }
        world.say(World.NODE, usages);
        world.step();
        assertEquals(8, world.count(web));
    }

    @Test
    void fewerOnlyAfterTheWindow() {
        ServiceId web = World.replicated(world, 10, Autoscaling.of(1, 50, CPU).withWindows(0, 60_000));
        world.run(web, 60, 140);
        assertEquals(10, world.count(web));
        world.run(web, 2, 140);
        assertEquals(2, world.count(web));
    }

    @Test
    void aShortPeakPassesUnderTheUpWindow() {
        ServiceId web = World.replicated(world, 2, Autoscaling.of(1, 50, CPU).withWindows(10_000, 60_000));
        world.run(web, 9, 140);
        world.run(web, 9, 1_400);
        assertEquals(2, world.count(web));
        world.run(web, 1, 140);
        world.run(web, 9, 1_400);
        assertEquals(2, world.count(web));
        world.run(web, 2, 1_400);
        assertEquals(20, world.count(web));
    }

    @Test
    void growthIsBoundedByTheStep() {
        ServiceId web = World.replicated(world, 1, Autoscaling.of(1, 1_000, CPU)
                .withSteps(new ScaleStep(100, 4, 15_000), Autoscaling.DOWN_STEP));
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            world.run(web, 15, 70_000);
            counts.add(world.count(web));
        }
        assertEquals(List.of(5, 10, 20, 40), counts);
    }

    @Test
    void fiftyTimesAsManyNeedTwoUsualSteps() {
        ServiceId web = World.replicated(world, 2, Autoscaling.of(2, 200, CPU));
        world.run(web, 1, 7_000);
        assertEquals(20, world.count(web));
        world.run(web, 11, 7_000);
        assertEquals(100, world.count(web));
    }

    @Test
    void withoutReadingsNothingChanges() {
        ServiceId web = World.replicated(world, 10, Autoscaling.of(1, 50, CPU).withWindows(0, 0));
        assertEquals(List.of(), world.step());
        world.cpu(web, 10, 5);
        world.nowMillis += 16_000;
        assertEquals(List.of(), world.step());
        assertEquals("cpu is not known", world.autoscaler.thoughts().get(web).why());
    }

    @Test
    void aNewLeaderMakesNothingSmallerBeforeAWindowHasPassed() {
        ServiceId web = World.replicated(world, 10, Autoscaling.of(1, 50, CPU).withWindows(0, 60_000));
        world.run(web, 59, 70);
        world.autoscaler = new Autoscaler();
        world.run(web, 60, 70);
        assertEquals(10, world.count(web));
        world.run(web, 2, 70);
        assertEquals(1, world.count(web));
    }

    @Test
    void whoIsNotHeardOfHasJustEnoughToDoWhenThereWouldBeFewer() {
        ServiceId web = World.replicated(world, 4, Autoscaling.of(1, 50, CPU).withWindows(0, 0));
        world.cpu(web, 2, 7);
        world.step();
        assertEquals(3, world.count(web));
    }

    @Test
    void whoIsNotHeardOfHasNothingToDoWhenThereWouldBeMore() {
        ServiceId web = World.replicated(world, 4, Autoscaling.of(1, 50, CPU).withWindows(0, 0));
        world.cpu(web, 2, 140);
        assertEquals(List.of(), world.step());
        world.cpu(web, 2, 280);
        world.step();
        assertEquals(8, world.count(web));
    }

    @Test
    void aNodeSpeaksOfItsOwnTasksAlone() {
        ServiceId web = World.replicated(world, 1, Autoscaling.of(1, 50, CPU));
        world.cpu(web, 1, 70);
        world.say(new NodeId("liar"), List.of(new TaskUsage(World.task(web, 1), OptionalLong.of(1_000_000),
                OptionalLong.empty(), List.of())));
        assertEquals(List.of(), world.step());
    }

    @Test
    void rubbishAsksForNoMoreThanTheMaximum() {
        ServiceId web = World.replicated(world, 2, Autoscaling.of(1, 9, queue("", 10)).withSteps(AT_ONCE, AT_ONCE)
                .withWindows(0, 0));
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -5, 0, Double.MAX_VALUE,
            Double.MAX_VALUE}) {
            world.metric(web, world.count(web), value);
            world.step();
            assertTrue(world.count(web) >= 1 && world.count(web) <= 9, value + ": " + world.count(web));
        }
        assertEquals(9, world.count(web));
    }

    @Test
    void aServiceOutsideItsRangeIsBroughtInto() {
        ServiceId few = World.replicated(world, 1, Autoscaling.of(3, 5, CPU));
        ServiceId many = world.add("many", new Mode.Replicated(9, false), Optional.of(Autoscaling.of(3, 5, CPU)));
        world.step();
        assertEquals(3, world.count(few));
        assertEquals(5, world.count(many));
        assertEquals("there are to be 5 or fewer", world.scalings(many).getFirst().why());
    }

    @Test
    void aJobIsScaledToNothingAndBackByWhatAnotherServiceTells() {
        ServiceId broker = world.add("broker", new Mode.Replicated(2, false), Optional.empty());
        ServiceId job = world.add("work", new Mode.Job(1_000, 0), Optional.of(
                Autoscaling.of(0, 20, queue("broker", 10)).withWindows(0, 5_000)));
        world.metric(broker, 2, 0);
        world.step();
        assertEquals(0, world.count(job));
        world.metric(broker, 2, 35);
        world.step();
        assertEquals(7, world.count(job));
        for (int i = 0; i < 7; i++) {
            world.metric(broker, 2, 0);
            world.step();
        }
        assertEquals(0, world.count(job));
        assertEquals("queue_length of broker 0, 10 wanted for each", world.scalings(job).getFirst().why());
    }

    @Test
    void ofWhatAnotherServiceTellsAPartIsNotEnoughToHaveFewer() {
        ServiceId broker = world.add("broker", new Mode.Replicated(2, false), Optional.empty());
        ServiceId job = world.add("work", new Mode.Job(1_000, 6), Optional.of(
                Autoscaling.of(0, 20, queue("broker", 10)).withWindows(0, 0)));
        world.metric(broker, 1, 20);
        assertEquals(List.of(), world.step());
        world.metric(broker, 1, 90);
        world.step();
        assertEquals(9, world.count(job));
    }

    @Test
    void aServiceThatIsGoneTellsNothing() {
        ServiceId job = world.add("work", new Mode.Job(1_000, 6), Optional.of(
                Autoscaling.of(0, 20, queue("broker", 10)).withWindows(0, 0)));
        assertEquals(List.of(), world.step());
        assertEquals("queue_length of broker is not known: there is no such service",
                world.autoscaler.thoughts().get(job).why());
    }

    @Test
    void noLoadLeadsOutOfTheRangeNorSkipsAWindow() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            World its = new World();
            int minimum = 1 + random.nextInt(5);
            int maximum = minimum + random.nextInt(60);
            long windowMillis = random.nextInt(30) * 1_000L;
            ServiceId web = World.replicated(its, minimum + random.nextInt(maximum - minimum + 1),
                    Autoscaling.of(minimum, maximum, CPU).withWindows(0, windowMillis).withSteps(
                            new ScaleStep(random.nextInt(300), 1 + random.nextInt(10), 1_000 + random.nextInt(20_000)),
                            Autoscaling.DOWN_STEP));
            List<Integer> wanted = new ArrayList<>();
            for (int second = 0; second < 120; second++) {
                int before = its.count(web);
                its.cpu(web, random.nextInt(before + 1), random.nextInt(400));
                its.step();
                int after = its.count(web);
                wanted.add(Math.clamp(its.autoscaler.thoughts().get(web).wanted(), minimum, maximum));
                assertTrue(after >= minimum && after <= maximum, "seed " + seed + ": " + after);
                int most = wanted.subList(Math.max(0, second - (int) (windowMillis / 1_000) + 1), second + 1)
                        .stream().mapToInt(each -> each).max().orElse(0);
                assertTrue(after >= before || after >= most && second * 1_000L >= windowMillis,
                        "seed " + seed + ", second " + second + ": " + before + " to " + after + ", wanted " + wanted);
            }
        }
    }

    @Test
    void noiseDoesNotMakeItFlap() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            World its = new World();
            ServiceId web = World.replicated(its, 10, Autoscaling.of(1, 100, CPU));
            int changes = 0;
            for (int second = 0; second < 3_600; second++) {
                its.cpu(web, its.count(web), Math.round(700 * (0.7 + 0.6 * random.nextDouble()) / its.count(web)));
                changes += its.step().size();
            }
            assertTrue(changes <= 5, "seed " + seed + ": " + changes + " changes, " + its.scalings(web));
            assertTrue(its.count(web) >= 10 && its.count(web) <= 14, "seed " + seed + ": " + its.count(web));
        }
    }

    @Test
    void whatIsDecidedIsRefusedIfTheServiceWasChangedMeanwhile() {
        ServiceId web = World.replicated(world, 3, Autoscaling.of(1, 50, CPU));
        world.cpu(web, 3, 280);
        List<Command> commands = world.autoscaler.decide(world.state(), world.readings, world.nowMillis);
        List<Command> all = new ArrayList<>(commands);
        all.addAll(commands);
        var results = world.state().apply(all).results();
        assertTrue(results.get(0) instanceof clusterd.state.Result.Done, results.toString());
        assertTrue(results.get(1) instanceof clusterd.state.Result.Refused, results.toString());
    }
}
