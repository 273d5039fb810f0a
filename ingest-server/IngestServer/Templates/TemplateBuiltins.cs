using System.Collections;
using System.Text;

namespace AmpEdge.IngestServer.Templates;

/// <summary>The functions that every template of Go has: comparisons, and parts of texts, maps and lists.</summary>
internal static class TemplateBuiltins
{
    public static object? Call(string name, List<object?> arguments) => name switch
    {
        "not" => !GoValues.IsTrue(arguments[0]),
        "len" => GoValues.Length(arguments[0]),
        "index" => Index(arguments),
        "slice" => Slice(arguments),
        "eq" => arguments[1..].Exists(other => GoValues.AreEqual(arguments[0], other)),
        "ne" => !GoValues.AreEqual(arguments[0], arguments[1]),
        "lt" => GoValues.IsLess(arguments[0], arguments[1]),
        "le" => GoValues.IsLess(arguments[0], arguments[1]) || GoValues.AreEqual(arguments[0], arguments[1]),
        "gt" => !IsUnordered(arguments) && !GoValues.IsLess(arguments[0], arguments[1]) && !GoValues.AreEqual(arguments[0], arguments[1]),
        _ => !IsUnordered(arguments) && !GoValues.IsLess(arguments[0], arguments[1]),
    };

    private static bool IsUnordered(List<object?> arguments) =>
        arguments.Exists(static argument => argument is double.NaN);

    /// <summary>The item of a list or the value of a map, one key after the other.</summary>
    private static object? Index(List<object?> arguments)
    {
        object? item = arguments[0];
        foreach (object? key in arguments[1..])
        {
            item = item switch
            {
                IReadOnlyDictionary<string, string> map => map.GetValueOrDefault(GoConvert.ToText(key), ""),
                IReadOnlyDictionary<string, object?> map => map.GetValueOrDefault(GoConvert.ToText(key)),
                IList list => key is long index && index >= 0 && index < list.Count
                    ? list[(int)index]
                    : throw new TemplateException($"index out of range: {GoPrint.Value(key)}"),
                string text => key is long index && index >= 0 && index < Encoding.UTF8.GetByteCount(text)
                    ? (long)Encoding.UTF8.GetBytes(text)[index]
                    : throw new TemplateException($"index out of range: {GoPrint.Value(key)}"),
                null => throw new TemplateException("index of untyped nil"),
                _ => throw new TemplateException($"can't index item of type {GoValues.TypeName(item)}"),
            };
        }

        return item;
    }

    /// <summary>A part of a text (by bytes) or list.</summary>
    private static object? Slice(List<object?> arguments)
    {
        int length = (int)GoValues.Length(arguments[0]);
        long start = arguments.Count > 1 ? Bound(arguments[1], length) : 0;
        long end = arguments.Count > 2 ? Bound(arguments[2], length) : length;
        if (start > end)
        {
            throw new TemplateException($"invalid slice index: {start} > {end}");
        }

        return arguments[0] switch
        {
            string text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan((int)start, (int)(end - start))),
            List<TemplateSample> list => list.GetRange((int)start, (int)(end - start)),
            _ => throw new TemplateException($"can't slice item of type {GoValues.TypeName(arguments[0])}"),
        };
    }

    private static long Bound(object? value, int length) => value is long index && index >= 0 && index <= length
        ? index
        : throw new TemplateException($"index out of range: {GoPrint.Value(value)}");
}
