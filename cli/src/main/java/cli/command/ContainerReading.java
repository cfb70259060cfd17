package cli.command;

import static api.node.ContainerStats.CPU_HUNDREDTHS_PERCENT_FIELD_NUMBER;
import static api.node.ContainerStats.CPU_NANOS_FIELD_NUMBER;
import static api.node.ContainerStats.CPU_PRESSURE_HUNDREDTHS_FIELD_NUMBER;
import static api.node.ContainerStats.DISK_PRESSURE_HUNDREDTHS_FIELD_NUMBER;
import static api.node.ContainerStats.DISK_READ_BYTES_FIELD_NUMBER;
import static api.node.ContainerStats.DISK_WRITTEN_BYTES_FIELD_NUMBER;
import static api.node.ContainerStats.ID_FIELD_NUMBER;
import static api.node.ContainerStats.MEMORY_BYTES_FIELD_NUMBER;
import static api.node.ContainerStats.MEMORY_LIMIT_BYTES_FIELD_NUMBER;
import static api.node.ContainerStats.MEMORY_PRESSURE_HUNDREDTHS_FIELD_NUMBER;
import static api.node.ContainerStats.NAME_FIELD_NUMBER;
import static api.node.ContainerStats.NETWORK_RECEIVED_BYTES_FIELD_NUMBER;
import static api.node.ContainerStats.NETWORK_SENT_BYTES_FIELD_NUMBER;
import static api.node.ContainerStats.STATE_FIELD_NUMBER;
import static api.node.ContainerStats.TASKS_FIELD_NUMBER;
import static api.node.ContainerStats.TASKS_LIMIT_FIELD_NUMBER;

import api.node.ContainerState;
import cli.render.Sizes;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A ContainerStats as {@code stats} shows it; units as in node.proto. */
final class ContainerReading {
    private static final int ID_DIGITS = 12;
    private static final long ABSENT = -1;
    private static final String NOTHING = "--";

    private String id = "";
    private String name = "";
    /** By field number. */
    private final long[] numbers = new long[DISK_PRESSURE_HUNDREDTHS_FIELD_NUMBER + 1];

    private ContainerReading() {
        Arrays.fill(numbers, ABSENT);
    }

    /** Reads a ContainerStats. */
    static ContainerReading read(MessageReader message) throws MalformedMessageException {
        ContainerReading reading = new ContainerReading();
        while (message.next()) {
            switch (message.field()) {
                case ID_FIELD_NUMBER -> reading.id = message.string();
                case NAME_FIELD_NUMBER -> reading.name = message.string();
                default -> {
                    if (message.field() < reading.numbers.length) {
                        reading.numbers[message.field()] = message.number();
                    }
                }
            }
        }
        return reading;
    }

    /** Whether the host knows how long tasks waited. */
    boolean hasPressure() {
        return has(CPU_PRESSURE_HUNDREDTHS_FIELD_NUMBER);
    }

    private boolean has(int field) {
        return numbers[field] != ABSENT;
    }

    private boolean runs() {
        return numbers[STATE_FIELD_NUMBER] == ContainerState.RUNNING_VALUE
                || numbers[STATE_FIELD_NUMBER] == ContainerState.PAUSED_VALUE;
    }

    /**
     * A row, by docker's names.
     *
     * @param raw with the numbers themselves, for programs
     */
    Map<String, Object> row(boolean shorten, boolean raw) {
        Map<String, Object> row = new LinkedHashMap<>();
        String shown = shorten ? ListCommand.start(id, ID_DIGITS) : id;
        row.put("Container", shown);
        row.put("ID", shown);
        row.put("Name", name);
        row.put("CPUPerc", percent(CPU_HUNDREDTHS_PERCENT_FIELD_NUMBER));
        row.put("MemUsage", pair(MEMORY_BYTES_FIELD_NUMBER, MEMORY_LIMIT_BYTES_FIELD_NUMBER, true));
        row.put("MemPerc", memoryPercent());
        row.put("NetIO", pair(NETWORK_RECEIVED_BYTES_FIELD_NUMBER,
                NETWORK_SENT_BYTES_FIELD_NUMBER, false));
        row.put("BlockIO", pair(DISK_READ_BYTES_FIELD_NUMBER,
                DISK_WRITTEN_BYTES_FIELD_NUMBER, false));
        row.put("PIDs", has(TASKS_FIELD_NUMBER) ? Long.toString(numbers[TASKS_FIELD_NUMBER])
                : runs() ? NOTHING : "0");
        row.put("Pressure", percent(CPU_PRESSURE_HUNDREDTHS_FIELD_NUMBER) + " / "
                + percent(MEMORY_PRESSURE_HUNDREDTHS_FIELD_NUMBER) + " / "
                + percent(DISK_PRESSURE_HUNDREDTHS_FIELD_NUMBER));
        if (raw) {
            numbers(row);
        }
        return row;
    }

    private void numbers(Map<String, Object> row) {
        number(row, "CPUNanos", CPU_NANOS_FIELD_NUMBER);
        number(row, "CPUHundredthsPercent", CPU_HUNDREDTHS_PERCENT_FIELD_NUMBER);
        number(row, "MemoryBytes", MEMORY_BYTES_FIELD_NUMBER);
        number(row, "MemoryLimitBytes", MEMORY_LIMIT_BYTES_FIELD_NUMBER);
        number(row, "NetworkReceivedBytes", NETWORK_RECEIVED_BYTES_FIELD_NUMBER);
        number(row, "NetworkSentBytes", NETWORK_SENT_BYTES_FIELD_NUMBER);
        number(row, "DiskReadBytes", DISK_READ_BYTES_FIELD_NUMBER);
        number(row, "DiskWrittenBytes", DISK_WRITTEN_BYTES_FIELD_NUMBER);
        number(row, "Tasks", TASKS_FIELD_NUMBER);
        number(row, "TasksLimit", TASKS_LIMIT_FIELD_NUMBER);
        number(row, "CPUPressureHundredths", CPU_PRESSURE_HUNDREDTHS_FIELD_NUMBER);
        number(row, "MemoryPressureHundredths", MEMORY_PRESSURE_HUNDREDTHS_FIELD_NUMBER);
        number(row, "DiskPressureHundredths", DISK_PRESSURE_HUNDREDTHS_FIELD_NUMBER);
    }

    private void number(Map<String, Object> row, String key, int field) {
        row.put(key, has(field) ? (Object) numbers[field] : null);
    }

    private String percent(int field) {
        return has(field) ? percent(numbers[field]) : runs() ? NOTHING : "0.00%";
    }

    /** 1234 as 12.34%. */
    private static String percent(long hundredths) {
        long fraction = hundredths % 100;
        return hundredths / 100 + (fraction < 10 ? ".0" : ".") + fraction + "%";
    }

    private String memoryPercent() {
        long limit = numbers[MEMORY_LIMIT_BYTES_FIELD_NUMBER];
        if (!has(MEMORY_BYTES_FIELD_NUMBER) || limit <= 0) {
            return runs() ? NOTHING : "0.00%";
        }
        return percent(Math.round(numbers[MEMORY_BYTES_FIELD_NUMBER] * 10_000.0 / limit));
    }

    private String pair(int first, int second, boolean binary) {
        return size(first, binary) + " / " + size(second, binary);
    }

    private String size(int field, boolean binary) {
        if (!has(field)) {
            return runs() ? NOTHING : "0B";
        }
        return binary ? Sizes.binary(numbers[field]) : Sizes.decimal(numbers[field]);
    }
}
