using System.IO.Hashing;
using System.Text;

namespace EnhancedMta.Paths.Slices;

/// <summary>Who shares a path's room: a delivery.</summary>
/// <param name="Id">Of the delivery, hashed: the row of a path should stay small.</param>
/// <param name="IsUrgent">Transactional: it takes the next room there is.</param>
public readonly record struct Party(uint Id, bool IsUrgent)
{
    public static Party Of(string deliveryId, bool isUrgent) => new(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(deliveryId)), isUrgent);
}
