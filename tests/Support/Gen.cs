using System.Globalization;

namespace AmpEdge.Tests.Support;

/// <summary>
/// A seeded source of random values for property tests. The seed comes from <c>AMPEDGE_SEED</c> or is fixed by the
/// test; a failing test prints it through <see cref="ToString"/>, so that any run can be repeated.
/// </summary>
public sealed class Gen(int seed)
{
    private readonly Random _random = new(seed);

    public int Seed { get; } = seed;

    /// <summary>The seed of AMPEDGE_SEED when set, else the given one.</summary>
    public static Gen Create(int defaultSeed) =>
        new(int.TryParse(
            Environment.GetEnvironmentVariable("AMPEDGE_SEED"), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : defaultSeed);

    /// <summary>From 0 to <paramref name="exclusiveMax"/> - 1.</summary>
    public int Int(int exclusiveMax) => _random.Next(exclusiveMax);

    public int Int(int min, int exclusiveMax) => _random.Next(min, exclusiveMax);

    public long Long() => _random.NextInt64(long.MinValue, long.MaxValue);

    public bool Bool() => (_random.Next() & 1) == 0;

    /// <summary>True once in <paramref name="times"/> calls on average.</summary>
    public bool OneIn(int times) => _random.Next(times) == 0;

    public double Double() => _random.NextDouble();

    /// <summary>Any bit pattern: denormals, infinities and NaNs included.</summary>
    public double AnyDouble() => BitConverter.Int64BitsToDouble(Long());

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    /// <summary>A string of the given characters, up to <paramref name="maxLength"/> long.</summary>
    public string Text(string alphabet, int maxLength)
    {
        char[] text = new char[_random.Next(maxLength + 1)];
        for (int index = 0; index < text.Length; index++)
        {
            text[index] = alphabet[_random.Next(alphabet.Length)];
        }

        return new string(text);
    }

    /// <summary>A copy with one to <paramref name="maxEdits"/> bytes changed, inserted, removed or cut off.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> original, int maxEdits = 4)
    {
        List<byte> bytes = [.. original];
        int edits = 1 + _random.Next(maxEdits);
        for (int edit = 0; edit < edits && bytes.Count > 0; edit++)
        {
            int at = _random.Next(bytes.Count);
            switch (_random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)_random.Next(256));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    public override string ToString() => $"seed {Seed} (repeat with AMPEDGE_SEED={Seed})";
}
