using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace AmpEdge.Hosting;

/// <summary>Prints a YAML value as JSON: numbers, truth values and null as such, everything else as text.</summary>
internal static class YamlJson
{
    public static string Write(YamlNode node)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            Write(writer, node);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (YamlEntry entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case YamlSequence sequence:
                writer.WriteStartArray();
                foreach (YamlNode item in sequence.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                Write(writer, scalar);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, YamlScalar scalar)
    {
        if (scalar.IsNull)
        {
            writer.WriteNullValue();
        }
        else if (YamlValue.TryBool(scalar, out bool truth))
        {
            writer.WriteBooleanValue(truth);
        }
        else if (YamlValue.TryInteger(scalar, out BigInteger whole) && whole >= long.MinValue && whole <= long.MaxValue)
        {
            writer.WriteNumberValue((long)whole);
        }
        else if (YamlValue.TryFloat(scalar, out double number) && double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(scalar.Value);
        }
    }
}
