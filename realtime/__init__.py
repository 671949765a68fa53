"""The fan-out: watches the live picture and sends whole tiles to every screen. It commands nothing and reads no history."""
