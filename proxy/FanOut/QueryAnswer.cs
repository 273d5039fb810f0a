using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Reads answers of <c>query</c> and <c>query_range</c>.</summary>
internal static class QueryAnswer
{
    /// <summary>Checks the shape of a whole answer and finds its series; points stay text until somebody wants them.</summary>
    /// <param name="body">The answer's text, which the result takes over.</param>
    /// <param name="label">Goes into the labels of each series.</param>
    /// <param name="member">The label's value, UTF-8.</param>
    /// <param name="isMatrix">Whether points over time are expected; else one a series.</param>
    /// <exception cref="JsonException">It is not what Prometheus answers.</exception>
    public static MemberAnswer Read(PooledBody body, WorkspaceLabel label, byte[] member, bool isMatrix)
    {
        ReadOnlySpan<byte> text = body.Content;
        MemberData<List<AnswerSeries>> read = AnswerEnvelope.Read(
            text, (ref AnswerReader reader) => ReadData(ref reader, label, member, isMatrix ? "matrix" : "vector"));
        foreach (AnswerSeries series in read.Data)
        {
            if (!HasForm(text[series.Floats], isMatrix) || !HasForm(text[series.Histograms], isMatrix))
            {
                throw new JsonException("the points of a series have not the form of the result's type");
            }
        }

        return new MemberAnswer(body, read, isMatrix);
    }

    private static List<AnswerSeries> ReadData(
        ref AnswerReader reader, WorkspaceLabel label, byte[] member, string expectedType)
    {
        string? type = null;
        List<AnswerSeries>? series = null;
        reader.Expect(JsonTokenType.StartObject, "data");
        while (reader.NextName() is { } name)
        {
            switch (name)
            {
                case "resultType":
                    type = reader.Text(name);
                    break;
                case "result":
                    series = ReadSeries(ref reader, label, member);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return type == expectedType && series is not null
            ? series
            : throw new JsonException($"a {expectedType} was expected, not a '{type}'");
    }

    private static List<AnswerSeries> ReadSeries(ref AnswerReader reader, WorkspaceLabel label, byte[] member)
    {
        List<AnswerSeries> series = [];
        HashSet<Labels> known = [];
        reader.Expect(JsonTokenType.StartArray, "result");
        while (true)
        {
            reader.Next();
            if (reader.Token == JsonTokenType.EndArray)
            {
                return series;
            }

            AnswerSeries one = ReadOne(ref reader, label, member);
            series.Add(one);
            if (!known.Add(one.Labels))
            {
                throw new JsonException("a series is there twice");
            }
        }
    }

    private static AnswerSeries ReadOne(ref AnswerReader reader, WorkspaceLabel label, byte[] member)
    {
        if (reader.Token != JsonTokenType.StartObject)
        {
            throw new JsonException("a series is no object");
        }

        Labels? labels = null;
        Range floats = AnswerSeries.None;
        Range histograms = AnswerSeries.None;
        while (reader.NextName() is { } name)
        {
            switch (name)
            {
                case "metric":
                    reader.Next();
                    labels = label.InAnswer(reader.Labels(), member);
                    break;
                case "value":
                    floats = reader.SinglePoint(JsonTokenType.String);
                    break;
                case "values":
                    floats = reader.Points(JsonTokenType.String);
                    break;
                case "histogram":
                    histograms = reader.SinglePoint(JsonTokenType.StartObject);
                    break;
                case "histograms":
                    histograms = reader.Points(JsonTokenType.StartObject);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return labels is null
            ? throw new JsonException("a series has no labels")
            : new AnswerSeries(labels, floats, histograms);
    }

    /// <summary>Whether points are one, <c>[time,…]</c>, or a list of them, <c>[[time,…],…]</c>, as the type has it.</summary>
    private static bool HasForm(ReadOnlySpan<byte> points, bool isMatrix)
    {
        ReadOnlySpan<byte> inside = points.IsEmpty ? points : points[1..].TrimStart(" \t\r\n"u8);
        return inside.IsEmpty || (inside[0] is (byte)'[' or (byte)']') == isMatrix;
    }
}
