using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Writes a syntax tree in the JSON shape of Prometheus's <c>parse_query</c>: durations and times in milliseconds,
/// numbers as texts. What the stable language lacks (fill values, anchored, smoothed) is written only where it is set.
/// </summary>
/// <remarks>
/// A call adds two levels of JSON, so the writer needs a depth of twice <see cref="ParserOptions.MaxDepth"/>.
/// </remarks>
public static class ParseTreeWriter
{
    public static void Write(Utf8JsonWriter json, Expr expr)
    {
        switch (expr)
        {
            case AggregateExpr aggregate:
                WriteAggregate(json, aggregate);
                break;
            case BinaryExpr binary:
                WriteBinary(json, binary);
                break;
            case Call call:
                WriteCall(json, call);
                break;
            case MatrixSelector matrix:
                json.WriteStartObject();
                WriteSelectorFields(json, matrix.Selector);
                json.WriteNumber("range"u8, matrix.RangeMs);
                End(json, "matrixSelector"u8);
                break;
            case NumberLiteral number:
                json.WriteStartObject();
                json.WriteString("val"u8, NumberFormat.Plain(number.Value));
                End(json, "numberLiteral"u8);
                break;
            case ParenExpr paren:
                json.WriteStartObject();
                WriteChild(json, "expr"u8, paren.Inner);
                End(json, "parenExpr"u8);
                break;
            case StepInvariantExpr invariant:
                Write(json, invariant.Inner);
                break;
            case StringLiteral literal:
                json.WriteStartObject();
                json.WriteString("val"u8, literal.Value);
                End(json, "stringLiteral"u8);
                break;
            case SubqueryExpr subquery:
                WriteSubquery(json, subquery);
                break;
            case UnaryExpr unary:
                json.WriteStartObject();
                WriteChild(json, "expr"u8, unary.Operand);
                json.WriteString("op"u8, unary.Negative ? "-"u8 : "+"u8);
                End(json, "unaryExpr"u8);
                break;
            case VectorSelector selector:
                json.WriteStartObject();
                WriteSelectorFields(json, selector);
                End(json, "vectorSelector"u8);
                break;
            default:
                throw new ArgumentException($"no JSON form for {expr.GetType().Name}", nameof(expr));
        }
    }

    private static void WriteAggregate(Utf8JsonWriter json, AggregateExpr aggregate)
    {
        json.WriteStartObject();
        WriteChild(json, "expr"u8, aggregate.Inner);
        WriteNames(json, "grouping"u8, aggregate.Grouping);
        json.WriteString("op"u8, aggregate.Operator.Symbol());
        WriteChild(json, "param"u8, aggregate.Parameter);
        json.WriteBoolean("without"u8, aggregate.Without);
        End(json, "aggregation"u8);
    }

    private static void WriteBinary(Utf8JsonWriter json, BinaryExpr binary)
    {
        json.WriteStartObject();
        json.WriteBoolean("bool"u8, binary.ReturnBool);
        WriteChild(json, "lhs"u8, binary.Left);
        WriteMatching(json, binary.Matching);
        json.WriteString("op"u8, binary.Operator.Symbol());
        WriteChild(json, "rhs"u8, binary.Right);
        End(json, "binaryExpr"u8);
    }

    private static void WriteMatching(Utf8JsonWriter json, VectorMatching? matching)
    {
        json.WritePropertyName("matching"u8);
        if (matching is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("card"u8, matching.Cardinality switch
        {
            MatchCardinality.OneToOne => "one-to-one"u8,
            MatchCardinality.ManyToOne => "many-to-one"u8,
            MatchCardinality.OneToMany => "one-to-many"u8,
            _ => "many-to-many"u8,
        });
        if (matching.FillLeft is not null || matching.FillRight is not null)
        {
            json.WriteStartObject("fillValues"u8);
            WriteFill(json, "lhs"u8, matching.FillLeft);
            WriteFill(json, "rhs"u8, matching.FillRight);
            json.WriteEndObject();
        }

        WriteNames(json, "include"u8, matching.Include);
        WriteNames(json, "labels"u8, matching.Labels);
        json.WriteBoolean("on"u8, matching.On);
        json.WriteEndObject();
    }

    private static void WriteFill(Utf8JsonWriter json, ReadOnlySpan<byte> side, double? value)
    {
        if (value is { } number)
        {
            json.WriteString(side, NumberFormat.Plain(number));
        }
        else
        {
            json.WriteNull(side);
        }
    }

    private static void WriteCall(Utf8JsonWriter json, Call call)
    {
        json.WriteStartObject();
        json.WriteStartArray("args"u8);
        foreach (Expr argument in call.Arguments)
        {
            Write(json, argument);
        }

        json.WriteEndArray();
        json.WriteStartObject("func"u8);
        json.WriteStartArray("argTypes"u8);
        foreach (ExprType type in call.Function.ArgumentTypes)
        {
            json.WriteStringValue(ExprTypeNames.Api(type));
        }

        json.WriteEndArray();
        json.WriteString("name"u8, call.Function.Name);
        json.WriteString("returnType"u8, ExprTypeNames.Api(call.Function.ReturnType));
        json.WriteNumber("variadic"u8, call.Function.Variadic);
        json.WriteEndObject();
        End(json, "call"u8);
    }

    private static void WriteSubquery(Utf8JsonWriter json, SubqueryExpr subquery)
    {
        json.WriteStartObject();
        WriteChild(json, "expr"u8, subquery.Inner);
        json.WriteNumber("range"u8, subquery.RangeMs);
        json.WriteNumber("step"u8, subquery.StepMs);
        WriteTime(json, subquery.Time);
        End(json, "subquery"u8);
    }

    private static void WriteSelectorFields(Utf8JsonWriter json, VectorSelector selector)
    {
        if (selector.Anchored)
        {
            json.WriteBoolean("anchored"u8, true);
        }

        json.WriteStartArray("matchers"u8);
        foreach (Matcher matcher in selector.Matchers)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, matcher.Name);
            json.WriteString("type"u8, ExpressionPrinter.Symbol(matcher.Type));
            json.WriteString("value"u8, matcher.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("name"u8, selector.Name);
        if (selector.Smoothed)
        {
            json.WriteBoolean("smoothed"u8, true);
        }

        WriteTime(json, selector.Time);
    }

    private static void WriteTime(Utf8JsonWriter json, TimeModifiers time)
    {
        json.WriteNumber("offset"u8, time.OffsetMs);
        if (time.Anchor == TimeAnchor.None)
        {
            json.WriteNull("startOrEnd"u8);
        }
        else
        {
            json.WriteString("startOrEnd"u8, time.Anchor == TimeAnchor.Start ? "start"u8 : "end"u8);
        }

        if (time.TimestampMs is { } timestampMs)
        {
            json.WriteNumber("timestamp"u8, timestampMs);
        }
        else
        {
            json.WriteNull("timestamp"u8);
        }
    }

    private static void WriteChild(Utf8JsonWriter json, ReadOnlySpan<byte> property, Expr? child)
    {
        json.WritePropertyName(property);
        if (child is null)
        {
            json.WriteNullValue();
        }
        else
        {
            Write(json, child);
        }
    }

    private static void WriteNames(Utf8JsonWriter json, ReadOnlySpan<byte> property, IReadOnlyList<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void End(Utf8JsonWriter json, ReadOnlySpan<byte> type)
    {
        json.WriteString("type"u8, type);
        json.WriteEndObject();
    }
}
