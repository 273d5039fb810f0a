using System.Text;
using YamlDotNet.Core;

namespace AmpEdge.Hosting;

/// <summary>Reads YAML files and texts into <see cref="YamlNode"/> trees; what is wrong goes to <see cref="ConfigErrors"/>.</summary>
/// <remarks>
/// Built on YamlDotNet's events: its own tree stops at the first duplicate key and keeps no places for keys, and its
/// deserialiser needs reflection, which does not survive trimming.
/// </remarks>
public static class YamlReader
{
    private const int MaxFileBytes = 64 << 20;

    /// <summary>Reads a file; null when it cannot be read or is no YAML. An empty file is a null scalar.</summary>
    public static YamlNode? ReadFile(string path, ConfigErrors errors)
    {
        if (Directory.Exists(path))
        {
            errors.Add(new ConfigProblem(path, new YamlPosition(1, 1), "", "is a folder", null, "a file"));
            return null;
        }

        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                errors.Add(new ConfigProblem(path, new YamlPosition(1, 1), "", "file is too large", null, "at most 64 MiB"));
                return null;
            }

            return Read(path, File.ReadAllBytes(path), errors);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigProblem(path, new YamlPosition(1, 1), "", $"cannot be read: {error.Message}"));
            return null;
        }
    }

    /// <summary>Reads UTF-8; <paramref name="file"/> is only named in problems.</summary>
    public static YamlNode? Read(string file, ReadOnlySpan<byte> utf8, ConfigErrors errors)
    {
        ReadOnlySpan<byte> text = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            errors.Add(new ConfigProblem(file, FirstInvalid(text), "", "file is not valid UTF-8"));
            return null;
        }

        return Read(file, Encoding.UTF8.GetString(text), errors);
    }

    /// <summary>Reads a text; <paramref name="file"/> is only named in problems.</summary>
    public static YamlNode? Read(string file, string text, ConfigErrors errors)
    {
        Parser parser = new(new StringReader(text));
        try
        {
            return new YamlComposer(file, parser, errors).Compose();
        }
        catch (YamlException error)
        {
            errors.Add(new ConfigProblem(
                file, YamlComposer.PositionOf(error.Start), "", $"is not valid YAML: {Plain(error)}", null, HintFor(error)));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            // YamlDotNet's scanner throws these, found by mutation, on some texts that are cut off or garbled.
            Mark near = parser.Current?.End ?? Mark.Empty;
            errors.Add(new ConfigProblem(
                file, YamlComposer.PositionOf(near), "", "is not valid YAML: cannot be understood after this place"));
        }

        return null;
    }

    /// <summary>What most likely is wrong, where the parser's words do not tell those who do not know its grammar.</summary>
    private static string? HintFor(YamlException error) =>
        error.Message.Contains("invalid mapping", StringComparison.Ordinal) || error.Message.Contains("tab character", StringComparison.Ordinal)
            ? "keys of one mapping begin in the same column, after spaces and no tabs"
            : null;

    /// <summary>YamlDotNet begins some messages with the place, which we print ourselves.</summary>
    private static string Plain(YamlException error)
    {
        string message = error.InnerException?.Message ?? error.Message;
        int colon = message.IndexOf("): ", StringComparison.Ordinal);
        return colon > 0 && message.StartsWith('(') ? message[(colon + 3)..] : message;
    }

    private static YamlPosition FirstInvalid(ReadOnlySpan<byte> text)
    {
        int line = 1;
        int column = 1;
        while (Rune.DecodeFromUtf8(text, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
            text = text[length..];
        }

        return new YamlPosition(line, column);
    }
}
