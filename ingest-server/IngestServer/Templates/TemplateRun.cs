using System.Globalization;
using System.Text;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Expands a template once.</summary>
internal sealed class TemplateRun(TemplateTree tree, ITemplateQuery query)
{
    /// <summary>Templates may call themselves; more calls inside one another than this are taken for endless.</summary>
    private const int MaxDepth = 500;

    /// <summary>More text than this is no label and no annotation.</summary>
    private const int MaxLength = 1 << 20;

    private readonly StringBuilder _output = new();
    private readonly TemplateFunctions _functions = new(query);
    private List<(string Name, object? Value)> _variables = [];
    private int _depth;

    /// <summary>How to go on after a node.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <exception cref="TemplateException">A function fails, or a value is not what its place needs.</exception>
    public string Expand(object? dot, IReadOnlyDictionary<string, object?> variables)
    {
        _variables.Add(("$", dot));
        foreach ((string name, object? value) in variables)
        {
            _variables.Add((name, value));
        }

        Walk(tree.Body, dot);
        return _output.ToString();
    }

    private Flow Walk(IReadOnlyList<TemplateNode> nodes, object? dot)
    {
        foreach (TemplateNode node in nodes)
        {
            Flow flow = Walk(node, dot);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Walk(TemplateNode node, object? dot)
    {
        switch (node)
        {
            case TemplateNode.Literal literal:
                Write(literal.Text, 0);
                break;
            case TemplateNode.Action action:
                object? value = Evaluate(action.Value, dot);
                if (action.Value.Variables.Length == 0)
                {
                    Write(GoPrint.Value(value), action.Value.Line);
                }

                break;
            case TemplateNode.Branch branch:
                int scope = _variables.Count;
                Flow flow = branch.Keyword == "range" ? WalkRange(branch, dot) : WalkChoice(branch, dot);
                _variables.RemoveRange(scope, _variables.Count - scope);
                return flow;
            case TemplateNode.Invocation invocation:
                Invoke(invocation, dot);
                break;
            case TemplateNode.Jump jump:
                return jump.IsBreak ? Flow.Break : Flow.Continue;
        }

        return Flow.Next;
    }

    private void Write(string text, int line)
    {
        _output.Append(text);
        if (_output.Length > MaxLength)
        {
            throw Fail(line, $"expands to more than {MaxLength} characters");
        }
    }

    private Flow WalkChoice(TemplateNode.Branch branch, object? dot)
    {
        object? value = Evaluate(branch.Over, dot);
        object? inside = branch.Keyword == "with" ? value : dot;
        return GoValues.IsTrue(value) ? Walk(branch.Body, inside) : Walk(branch.Otherwise, dot);
    }

    private Flow WalkRange(TemplateNode.Branch branch, object? dot)
    {
        TemplateNode.Pipeline pipeline = branch.Over;
        object? over = EvaluateValue(pipeline, dot);
        bool any = false;
        int scope = _variables.Count;
        foreach ((object? key, object? item) in Items(over, pipeline.Line))
        {
            any = true;
            Declare(pipeline, key, item);
            Flow flow = Walk(branch.Body, item);
            _variables.RemoveRange(scope, _variables.Count - scope);
            if (flow == Flow.Break)
            {
                break;
            }
        }

        return any ? Flow.Next : Walk(branch.Otherwise, dot);
    }

    private void Declare(TemplateNode.Pipeline pipeline, object? key, object? item)
    {
        string[] names = pipeline.Variables;
        if (names.Length == 2)
        {
            Set(names[0], key, pipeline);
        }

        if (names.Length > 0)
        {
            Set(names[^1], item, pipeline);
        }
    }

    private IEnumerable<(object? Key, object? Item)> Items(object? over, int line)
    {
        switch (over)
        {
            case null:
                yield break;
            case long count:
                for (long number = 0; number < count; number++)
                {
                    yield return (number, number);
                }

                yield break;
            case IReadOnlyDictionary<string, string> map:
                foreach (string key in GoValues.SortedKeys(map.Keys))
                {
                    yield return (key, map[key]);
                }

                yield break;
            case IReadOnlyDictionary<string, object?> map:
                foreach (string key in GoValues.SortedKeys(map.Keys))
                {
                    yield return (key, map[key]);
                }

                yield break;
            case System.Collections.IList list:
                for (int index = 0; index < list.Count; index++)
                {
                    yield return ((long)index, list[index]);
                }

                yield break;
            default:
                throw Fail(line, $"range can't iterate over {GoPrint.Value(over)}");
        }
    }

    private void Invoke(TemplateNode.Invocation invocation, object? dot)
    {
        if (!tree.Definitions.TryGetValue(invocation.Name, out IReadOnlyList<TemplateNode>? body))
        {
            throw Fail(invocation.Line, $"template \"{invocation.Name}\" not defined");
        }

        if (++_depth > MaxDepth)
        {
            throw Fail(invocation.Line, $"exceeded maximum template depth ({MaxDepth})");
        }

        object? argument = invocation.Argument is { } pipeline ? Evaluate(pipeline, dot) : null;
        List<(string Name, object? Value)> outside = _variables;
        _variables = [("$", argument)];
        Walk(body, argument);
        _variables = outside;
        _depth--;
    }

    /// <summary>The value of a pipeline; its variables are set to it.</summary>
    private object? Evaluate(TemplateNode.Pipeline pipeline, object? dot)
    {
        object? value = EvaluateValue(pipeline, dot);
        foreach (string name in pipeline.Variables)
        {
            Set(name, value, pipeline);
        }

        return value;
    }

    private object? EvaluateValue(TemplateNode.Pipeline pipeline, object? dot)
    {
        object? value = null;
        for (int index = 0; index < pipeline.Commands.Length; index++)
        {
            value = Evaluate(pipeline.Commands[index], dot, hasLast: index > 0, value);
        }

        return value;
    }

    private void Set(string name, object? value, TemplateNode.Pipeline pipeline)
    {
        if (!pipeline.IsAssignment)
        {
            _variables.Add((name, value));
            return;
        }

        int index = _variables.FindLastIndex(variable => variable.Name == name);
        _variables[index] = (name, value);
    }

    private object? Evaluate(TemplateNode.Command command, object? dot, bool hasLast, object? last)
    {
        TemplateNode first = command.Operands[0];
        if (first is TemplateNode.Function function)
        {
            return Call(function.Name, command, dot, hasLast, last);
        }

        if (command.Operands.Length > 1 || hasLast)
        {
            throw Fail(command.Line, "can't give argument to non-function");
        }

        return EvaluateOperand(first, dot, command.Line);
    }

    private object? Call(string name, TemplateNode.Command command, object? dot, bool hasLast, object? last)
    {
        if (name is "and" or "or")
        {
            return CallLogic(name == "and", command, dot, hasLast, last);
        }

        List<object?> arguments = [];
        for (int index = 1; index < command.Operands.Length; index++)
        {
            arguments.Add(EvaluateOperand(command.Operands[index], dot, command.Line));
        }

        if (hasLast)
        {
            arguments.Add(last);
        }

        try
        {
            return _functions.Call(name, arguments);
        }
        catch (TemplateException failure)
        {
            throw Fail(command.Line, $"error calling {name}: {failure.Message}");
        }
    }

    /// <summary>The first argument that decides; those behind it are not looked at.</summary>
    private object? CallLogic(bool isAnd, TemplateNode.Command command, object? dot, bool hasLast, object? last)
    {
        int count = command.Operands.Length - 1 + (hasLast ? 1 : 0);
        if (count == 0)
        {
            throw Fail(command.Line, $"wrong number of args for {(isAnd ? "and" : "or")}: want at least 1 got 0");
        }

        object? value = null;
        for (int index = 1; index <= count; index++)
        {
            value = index < command.Operands.Length
                ? EvaluateOperand(command.Operands[index], dot, command.Line)
                : last;
            if (GoValues.IsTrue(value) != isAnd)
            {
                break;
            }
        }

        return value;
    }

    private object? EvaluateOperand(TemplateNode operand, object? dot, int line)
    {
        switch (operand)
        {
            case TemplateNode.Constant constant:
                return constant.Value;
            case TemplateNode.Dot:
                return dot;
            case TemplateNode.Variable variable:
                return _variables.FindLast(known => known.Name == variable.Name).Value;
            case TemplateNode.Function function:
                return Call(function.Name, new TemplateNode.Command([function], line), dot, hasLast: false, null);
            case TemplateNode.Pipeline pipeline:
                return Evaluate(pipeline, dot);
            case TemplateNode.Fields fields:
                object? value = EvaluateOperand(fields.Of, dot, line);
                foreach (string name in fields.Names)
                {
                    value = GoValues.TryGetField(value, name, out object? field, out string problem)
                        ? field
                        : throw Fail(line, problem);
                }

                return value;
            default:
                throw Fail(line, "can't evaluate operand");
        }
    }

    private TemplateException Fail(int line, string problem) => new(string.Create(
        CultureInfo.InvariantCulture, $"template: {tree.Name}:{line}: executing \"{tree.Name}\": {problem}"));
}
