using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AmpEdge.Prometheus;

/// <summary>Checks that stay on in every build, for the places where bytes become durable.</summary>
public static class Invariant
{
    /// <summary>Throws when a promise of our own code is broken; <paramref name="promise"/> says what should hold.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string promise)
    {
        if (!holds)
        {
            ThrowBroken(promise);
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowBroken(string promise) =>
        throw new UnreachableException($"broken invariant: {promise}; this is a bug, please report it");
}
