using System.Text.Json;

namespace AmpEdge.Tests.Support;

/// <summary>Compares recorded JSON with an answer: members in any order, <c>&lt;&lt;varies&gt;&gt;</c> equals anything.</summary>
public static class JsonComparison
{
    private const string Varies = "<<varies>>";

    /// <summary>Null when equal, else where they differ.</summary>
    public static string? Difference(JsonElement expected, JsonElement actual, string path = "$", bool anyOrder = false)
    {
        if (expected.ValueKind == JsonValueKind.String && expected.GetString() == Varies)
        {
            return null;
        }

        if (expected.ValueKind != actual.ValueKind)
        {
            return $"{path}: expected {expected.GetRawText()}, got {actual.GetRawText()}";
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Object => InObjects(expected, actual, path, anyOrder),
            JsonValueKind.Array => InArrays(expected, actual, path, anyOrder),
            JsonValueKind.Number => expected.GetDouble() == actual.GetDouble() ? null : Unequal(expected, actual, path),
            _ => expected.ToString() == actual.ToString() ? null : Unequal(expected, actual, path),
        };
    }

    private static string Unequal(JsonElement expected, JsonElement actual, string path) =>
        $"{path}: expected {expected.GetRawText()}, got {actual.GetRawText()}";

    private static string? InObjects(JsonElement expected, JsonElement actual, string path, bool anyOrder)
    {
        foreach (JsonProperty member in expected.EnumerateObject())
        {
            if (!actual.TryGetProperty(member.Name, out JsonElement value))
            {
                return $"{path}.{member.Name}: missing in {actual.GetRawText()}";
            }

            bool unordered = anyOrder && member.Name is "data" or "result";
            if (Difference(member.Value, value, $"{path}.{member.Name}", unordered) is { } difference)
            {
                return difference;
            }
        }

        foreach (JsonProperty member in actual.EnumerateObject())
        {
            if (!expected.TryGetProperty(member.Name, out _))
            {
                return $"{path}.{member.Name}: not expected, got {member.Value.GetRawText()}";
            }
        }

        return null;
    }

    private static string? InArrays(JsonElement expected, JsonElement actual, string path, bool anyOrder)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
        {
            return $"{path}: expected {expected.GetArrayLength()} items {expected.GetRawText()}, "
                + $"got {actual.GetArrayLength()} {actual.GetRawText()}";
        }

        List<JsonElement> left = [.. expected.EnumerateArray()];
        List<JsonElement> right = [.. actual.EnumerateArray()];
        for (int index = 0; index < left.Count; index++)
        {
            if (!anyOrder)
            {
                if (Difference(left[index], right[index], $"{path}[{index}]") is { } difference)
                {
                    return difference;
                }

                continue;
            }

            JsonElement wanted = left[index];
            int found = right.FindIndex(candidate => Difference(wanted, candidate, path) is null);
            if (found < 0)
            {
                return $"{path}: no item equals {wanted.GetRawText()} in {actual.GetRawText()}";
            }

            right.RemoveAt(found);
        }

        return null;
    }
}
