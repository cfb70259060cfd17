package cli.render;

import cli.render.Template.Branch;
import cli.render.Template.Expression;
import cli.render.Template.Node;
import cli.render.Template.Pipeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One application of a {@link Template} to a value. */
final class TemplateRun {
    /** Objects whose members are the user's: one that is absent is no mistake. */
    private static final Set<String> FREE = Set.of("Labels", "Attributes", "Sysctls", "Ports",
            "Networks", "Options", "ExposedPorts", "Volumes", "Containers", "Annotations",
            "PortBindings", "Config", "Data", "Runtimes", "Details");
    /** What docker has a place for, and JSON leaves out where there is none. */
    private static final Set<String> OPTIONAL = Set.of("Health", "Healthcheck", "SizeRw",
            "SizeRootFs", "OnBuild", "Shell", "Node", "Server");

    private final StringBuilder text = new StringBuilder();
    private final Object root;

    private TemplateRun(Object root) {
        this.root = root;
    }

    static String of(List<Node> nodes, Object value) {
        TemplateRun run = new TemplateRun(value);
        run.all(nodes, new Scope(null, value));
        return run.text.toString();
    }

    /** The dot, and the variables of a block; those of the blocks around it are seen, too. */
    private static final class Scope {
        private final Scope outer;
        private final Object dot;
        private final Map<String, Object> variables = new HashMap<>();

        Scope(Scope outer, Object dot) {
            this.outer = outer;
            this.dot = dot;
        }

        private Scope holder(String name) {
            for (Scope scope = this; scope != null; scope = scope.outer) {
                if (scope.variables.containsKey(name)) {
                    return scope;
                }
            }
            throw new TemplateException("undefined variable \"" + name + "\"");
        }
    }

    private void all(List<Node> nodes, Scope scope) {
        for (Node node : nodes) {
            switch (node) {
                case Node.Text plain -> text.append(plain.text());
                case Node.Action action -> {
                    Object value = value(action.pipeline(), scope);
                    if (action.pipeline().variable().isEmpty()) {
                        text.append(TemplateFunctions.text(value));
                    }
                }
                case Node.If branches -> branch(branches, scope);
                case Node.With with -> {
                    Scope inner = new Scope(scope, null);
                    Object value = value(with.value(), inner, scope);
                    Scope body = new Scope(inner, TemplateFunctions.isTrue(value) ? value : scope.dot);
                    all(TemplateFunctions.isTrue(value) ? with.body() : with.otherwise(), body);
                }
                case Node.Range range -> range(range, scope);
            }
        }
    }

    private void branch(Node.If branches, Scope scope) {
        Scope inner = new Scope(scope, scope.dot);
        for (Branch branch : branches.branches()) {
            if (TemplateFunctions.isTrue(value(branch.condition(), inner))) {
                all(branch.body(), inner);
                return;
            }
        }
        all(branches.otherwise(), inner);
    }

    private void range(Node.Range range, Scope scope) {
        Object elements = value(range.elements().expression(), scope);
        Map<Object, Object> values = new java.util.LinkedHashMap<>();
        switch (elements) {
            case null -> { }
            case Map<?, ?> map -> new TreeMap<>(map).forEach(values::put);
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    values.put((long) i, list.get(i));
                }
            }
            default -> throw new TemplateException(
                    "range can't iterate over " + TemplateFunctions.text(elements));
        }
        if (values.isEmpty()) {
            all(range.otherwise(), new Scope(scope, scope.dot));
        }
        values.forEach((key, element) -> {
            Scope body = new Scope(scope, element);
            if (!range.key().isEmpty()) {
                body.variables.put(range.key(), key);
            }
            if (!range.elements().variable().isEmpty()) {
                body.variables.put(range.elements().variable(), element);
            }
            all(range.body(), body);
        });
    }

    private Object value(Pipeline pipeline, Scope scope) {
        return value(pipeline, scope, scope);
    }

    /** @param declaring where a new variable belongs */
    private Object value(Pipeline pipeline, Scope declaring, Scope scope) {
        Object value = value(pipeline.expression(), scope);
        if (!pipeline.variable().isEmpty()) {
            (pipeline.declares() ? declaring : scope.holder(pipeline.variable()))
                    .variables.put(pipeline.variable(), value);
        }
        return value;
    }

    private Object value(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Field field -> member(scope.dot, field.names());
            case Expression.Variable variable -> member(variable.name().equals("$") ? root
                    : scope.holder(variable.name()).variables.get(variable.name()),
                    variable.names());
            case Expression.Member member -> member(value(member.base(), scope), member.names());
            case Expression.Method method -> look(method, scope);
            case Expression.Function function -> call(function, scope);
        };
    }

    private Object look(Expression.Method method, Scope scope) {
        Object held = value(method.field(), scope);
        if (!(held instanceof Map<?, ?> map) || method.arguments().size() != 1) {
            throw new TemplateException(method.field().names().getLast()
                    + " is no function; it takes no arguments");
        }
        Object found = map.get(TemplateFunctions.text(value(method.arguments().getFirst(), scope)));
        return found == null ? "" : found;
    }

    /** "and" and "or" look at no more than they need. */
    private Object call(Expression.Function function, Scope scope) {
        boolean and = function.name().equals("and");
        if ((and || function.name().equals("or")) && !function.arguments().isEmpty()) {
            Object value = null;
            for (Expression argument : function.arguments()) {
                value = value(argument, scope);
                if (TemplateFunctions.isTrue(value) != and) {
                    return value;
                }
            }
            return value;
        }
        List<Object> arguments = new ArrayList<>();
        for (Expression argument : function.arguments()) {
            arguments.add(value(argument, scope));
        }
        return TemplateFunctions.call(function.name(), arguments);
    }

    private static Object member(Object start, List<String> names) {
        Object value = start;
        String above = "";
        for (String name : names) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new TemplateException("can't evaluate field " + name + " in "
                        + (value == null ? "nothing" : TemplateFunctions.text(value)));
            }
            if (!map.containsKey(name) && !FREE.contains(above) && !OPTIONAL.contains(name)) {
                throw new TemplateException("no field " + name + "; there are " + map.keySet());
            }
            value = map.get(name);
            above = name;
        }
        return value;
    }
}
