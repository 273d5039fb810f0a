using System.Globalization;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>Reads a mapping of label names to values and checks both.</summary>
internal static class LabelMapReader
{
    private const char FirstByteSurrogate = '\uDC80';
    private const char LastByteSurrogate = '\uDCFF';

    public static IReadOnlyList<KeyValuePair<string, string>> Read(ConfigSection section, string key, string validation)
    {
        List<KeyValuePair<string, string>> labels = [];
        foreach ((string name, string value) in section.TextMap(key))
        {
            if (!IsValidName(name, validation))
            {
                section.Fail(key, $"{Quote(name)} is not a valid label name");
            }
            else if (!IsText(value))
            {
                section.Fail(key, $"{Quote(value)} is not a valid label value (invalid label value {Quote(value)})");
            }
            else
            {
                labels.Add(new(name, value));
            }
        }

        return labels;
    }

    private static bool IsValidName(string name, string validation)
    {
        byte[] utf8 = IsText(name) ? Encoding.UTF8.GetBytes(name) : [];
        return validation == NameSchemes.Legacy ? LabelNames.IsLegacyLabelName(utf8) : LabelNames.IsUtf8Name(utf8);
    }

    /// <summary>False when a <c>!!binary</c> brought in bytes that are no UTF-8, which the reader keeps as lone surrogates.</summary>
    private static bool IsText(string text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            bool pair = char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
            if (!pair && char.IsSurrogate(text[index]))
            {
                return false;
            }

            index += pair ? 1 : 0;
        }

        return true;
    }

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char letter in text)
        {
            _ = letter is >= FirstByteSurrogate and <= LastByteSurrogate
                ? quoted.Append(CultureInfo.InvariantCulture, $"\\x{letter - 0xDC00:x2}")
                : quoted.Append(letter);
        }

        return quoted.Append('"').ToString();
    }
}
