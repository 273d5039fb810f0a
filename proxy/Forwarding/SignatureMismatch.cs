using System.Globalization;
using System.Text.Json;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// What an upstream's 403 tells of a signature that does not fit: the canonical request that it computed, which is set beside
/// the one that was signed.
/// </summary>
/// <param name="Theirs">The upstream's canonical request; cut where the answer was.</param>
/// <param name="Difference">The first line in which both differ.</param>
internal sealed record SignatureMismatch(string Theirs, string Difference)
{
    private const string Before = "The Canonical String for this request should have been\n'";
    private const string After = "'\n\nThe String-to-Sign";
    private const int MaxShownCharacters = 300;

    /// <summary>Null when the answer is about something else.</summary>
    /// <param name="answer">The beginning of the answer's body: text, or JSON that holds it.</param>
    /// <param name="ours">The canonical request that was signed.</param>
    public static SignatureMismatch? Find(string answer, string ours)
    {
        string text = answer.Contains(Before, StringComparison.Ordinal) ? answer : Unescape(answer);
        int start = text.IndexOf(Before, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        string theirs = text[(start + Before.Length)..];
        int end = theirs.IndexOf(After, StringComparison.Ordinal);
        bool isWhole = end >= 0;
        theirs = isWhole ? theirs[..end] : WithoutBegunEnd(theirs);
        return new SignatureMismatch(theirs, FirstDifference(ours.Split('\n'), theirs.Split('\n'), isWhole));
    }

    /// <summary>A cut may leave the beginning of what follows the canonical request.</summary>
    private static string WithoutBegunEnd(string theirs)
    {
        for (int length = Math.Min(After.Length, theirs.Length); length > 0; length--)
        {
            if (theirs.EndsWith(After[..length], StringComparison.Ordinal))
            {
                return theirs[..^length];
            }
        }

        return theirs;
    }

    private static string FirstDifference(string[] ours, string[] theirs, bool isWhole)
    {
        for (int line = 0; line < Math.Max(ours.Length, theirs.Length); line++)
        {
            string signed = line < ours.Length ? ours[line] : "(nothing)";
            string expected = line < theirs.Length ? theirs[line] : "(nothing)";
            bool isCut = !isWhole && line >= theirs.Length - 1 && signed.StartsWith(line < theirs.Length ? expected : "", StringComparison.Ordinal);
            if (isCut)
            {
                return "none as far as the answer goes";
            }

            if (signed != expected)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"line {line + 1}: signed '{Shown(signed)}', expected '{Shown(expected)}'");
            }
        }

        return "none: both signed the same, so the secret keys differ";
    }

    /// <summary>The text within JSON, whose end may be cut off.</summary>
    private static string Unescape(string json)
    {
        int start = json.IndexOf("The Canonical String for this request", StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        int end = start;
        while (end < json.Length && json[end] != '"')
        {
            end += json[end] == '\\' ? 2 : 1;
        }

        // Cut within an escape, or behind its beginning: what is whole is enough.
        string escaped = json[start..Math.Min(end, json.Length)];
        for (int cut = 0; cut <= Math.Min(6, escaped.Length); cut++)
        {
            try
            {
                Utf8JsonReader reader = new(System.Text.Encoding.UTF8.GetBytes($"\"{escaped[..^cut]}\""));
                reader.Read();
                return reader.GetString() ?? "";
            }
            catch (JsonException)
            {
                // One character less, until no escape is cut.
            }
        }

        return "";
    }

    private static string Shown(string line) =>
        line.Length <= MaxShownCharacters ? line : line[..MaxShownCharacters] + "…";
}
