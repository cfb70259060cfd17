package cli.command;

import api.function.ListRequest;
import api.function.ListResponse;
import api.function.PhysicalFunction;
import api.function.VirtualFunction;
import api.node.Filter;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lists virtual functions and who has them, or the physical functions that they are parts of. */
final class VirtualFunctionListCommand implements Command {
    private static final List<String> STATES = List.of(FunctionFacts.FREE, FunctionFacts.TAKEN,
            FunctionFacts.UNHEALTHY, FunctionFacts.UNOFFERED);

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("vf ls", "List virtual functions and who has them")
                .flag("physical", "List the physical functions that they are parts of")
                .value('f', "filter", "filter", "Filter by condition: pf=eth0, resource=NAME,"
                        + " owner=ID, state=free|taken|unhealthy|unoffered"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean physical = arguments.isOn("physical");
        List<Filter> filters = filters(arguments, physical);
        ListResponse all;
        try (NodeClient client = NodeClient.connect(console)) {
            all = client.unary("ListVirtualFunctions", ListRequest.getDefaultInstance(),
                    ListResponse.parser());
        }
        boolean table = Listing.isTable(arguments);
        if (physical) {
            printPhysical(all, filters, table, arguments, console);
        } else {
            printVirtual(all, filters, table, arguments, console);
        }
        for (String note : all.getNotesList()) {
            console.say("jctl: " + note);
        }
        return 0;
    }

    private static List<Filter> filters(Arguments arguments, boolean physical)
            throws UsageException {
        List<Filter> filters = Filters.of(arguments,
                physical ? List.of("pf") : List.of("pf", "resource", "owner", "state"));
        for (Filter filter : filters) {
            if (filter.getKey().equals("state") && !STATES.contains(filter.getValue())) {
                throw Arguments.invalid("filter", "state=" + filter.getValue(),
                        "expected free, taken, unhealthy or unoffered");
            }
        }
        return filters;
    }

    private static void printVirtual(ListResponse all, List<Filter> filters, boolean table,
            Arguments arguments, Console console) throws UsageException, IOException {
        long now = System.currentTimeMillis() * 1_000_000L;
        List<Map<String, Object>> rows = new ArrayList<>();
        for (VirtualFunction function : all.getVirtualList()) {
            if (!Filters.accept(filters, filter -> holds(filter, function, all))) {
                continue;
            }
            Map<String, Object> row = FunctionFacts.of(function, all);
            row.put("Status", FunctionFacts.status(function,
                    table && !arguments.isOn("no-trunc"), now));
            if (table) {
                String name = FunctionFacts.physicalName(function, all);
                row.put("PhysicalName", name.isEmpty() ? function.getPhysical() : name);
                forPeople(row);
            }
            rows.add(row);
        }
        new Listing("Address",
                new Listing.Column("FUNCTION", "Address", false),
                new Listing.Column("PF", "PhysicalName", false),
                new Listing.Column("INDEX", "Index", false),
                new Listing.Column("NUMA", "NumaNode", false),
                new Listing.Column("DRIVER", "Driver", false),
                new Listing.Column("DEVICE", "NetworkDevice", false),
                new Listing.Column("RESOURCE", "Resource", false),
                new Listing.Column("STATUS", "Status", false),
                new Listing.Column("IOMMU", "IommuGroup", true),
                new Listing.Column("PORT", "Port", true),
                new Listing.Column("WHY NOT OFFERED", "Why", true))
                .print(rows, arguments, console);
    }

    private static void printPhysical(ListResponse all, List<Filter> filters, boolean table,
            Arguments arguments, Console console) throws UsageException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (PhysicalFunction function : all.getPhysicalList()) {
            if (!Filters.accept(filters, filter -> FunctionFacts.isNamed(filter.getValue(),
                    function.getAddress(), function.getName()))) {
                continue;
            }
            Map<String, Object> row = FunctionFacts.of(function, all);
            if (table) {
                row.put("VirtualFunctions", function.getVirtualFunctions() + "/"
                        + function.getMostVirtualFunctions());
                row.put("Switchdev", function.getSwitchdev() ? "yes" : "no");
                forPeople(row);
            }
            rows.add(row);
        }
        new Listing("Address",
                new Listing.Column("ADDRESS", "Address", false),
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("DRIVER", "Driver", false),
                new Listing.Column("NUMA", "NumaNode", false),
                new Listing.Column("FUNCTIONS", "VirtualFunctions", false),
                new Listing.Column("LINK", "Link", false),
                new Listing.Column("SWITCHDEV", "Switchdev", false),
                new Listing.Column("VENDOR", "Vendor", true),
                new Listing.Column("MODEL", "Device", true))
                .print(rows, arguments, console);
    }

    /** What is not there is a stroke, so that an empty cell moves no other. */
    private static void forPeople(Map<String, Object> row) {
        for (Map.Entry<String, Object> fact : row.entrySet()) {
            if (fact.getValue().equals("") || fact.getValue().equals(-1L)) {
                fact.setValue("-");
            }
        }
    }

    private static boolean holds(Filter filter, VirtualFunction function, ListResponse all) {
        String value = filter.getValue();
        return switch (filter.getKey()) {
            case "pf" -> FunctionFacts.isNamed(value, function.getPhysical(),
                    FunctionFacts.physicalName(function, all));
            case "resource" -> function.getResource().equals(ResourceFlags.fullName(value));
            case "owner" -> !value.isEmpty() && function.getOwner().startsWith(value);
            // One that is taken may be in trouble as well, and must be found.
            default -> value.equals(FunctionFacts.UNHEALTHY) ? !function.getTrouble().isEmpty()
                    : value.equals(FunctionFacts.state(function));
        };
    }
}
