"""Invented people's names. Given and family names are drawn apart, so no real person is meant."""

WOMEN = (
    "Aarti", "Abena", "Aisha", "Amala", "Ananya", "Anjali", "Asha", "Bhavna", "Chitra", "Deepa", "Diya", "Elena", "Farida", "Fatima",
    "Gayatri", "Grace", "Hema", "Indira", "Jasmine", "Jaya", "Kamala", "Kavya", "Keerthi", "Lakshmi", "Lalita", "Latha", "Leena", "Lucía",
    "Madhuri", "Malini", "Meena", "Meera", "Mercy", "Mumtaz", "Nalini", "Nandini", "Neha", "Nirmala", "Padma", "Parvati", "Pooja", "Priya",
    "Radha", "Rani", "Rekha", "Revathi", "Ritu", "Rukhsana", "Sabina", "Saraswati", "Savitri", "Shabana", "Shanti", "Sita", "Sofia",
    "Sunita", "Sushma", "Tara", "Uma", "Usha", "Vandana", "Vidya", "Yamuna", "Zainab", "Zoë",
)  # fmt: skip
MEN = (
    "Aarav", "Abdul", "Ajay", "Akash", "Amit", "Anand", "Anil", "Arjun", "Arun", "Ashok", "Balaji", "Bashir", "Chandran", "Daniel",
    "Deepak", "Dinesh", "Emeka", "Farhan", "Ganesh", "Gopal", "Gurpreet", "Harish", "Hassan", "Imran", "Ishaan", "Jagdish", "Javed",
    "Joseph", "Karan", "Karthik", "Kiran", "Krishnan", "Kwame", "Mahesh", "Manoj", "Mateo", "Mohan", "Mukesh", "Murali", "Naveen",
    "Nikhil", "Omar", "Pradeep", "Prakash", "Rafiq", "Raghav", "Rajesh", "Rakesh", "Ramesh", "Ravi", "Rohit", "Salim", "Sanjay", "Selvam",
    "Senthil", "Shankar", "Suresh", "Tenzin", "Thomas", "Varun", "Venkat", "Vijay", "Vikram", "Vinod", "Yusuf",
)  # fmt: skip
FAMILIES = (
    "Abraham", "Acharya", "Agarwal", "Ahmed", "Ali", "Ansari", "Banerjee", "Bhatt", "Bhutia", "Bose", "Chakraborty", "Chatterjee",
    "Chauhan", "Chettiar", "D'Souza", "Das", "Desai", "Dutta", "Fernandes", "Fernández", "Ganguly", "George", "Ghosh", "Gill", "Gowda",
    "Gupta", "Gurung", "Hegde", "Hussain", "Iyengar", "Iyer", "Jain", "Jha", "Joshi", "Kamath", "Kapoor", "Kaur", "Khan", "Kulkarni",
    "Kumar", "Kurian", "Lal", "Mahto", "Mathew", "Mehta", "Menon", "Mensah", "Mishra", "Mukherjee", "Müller", "Naidu", "Nair", "Nambiar",
    "Okafor", "Oommen", "Pandey", "Patel", "Patil", "Pillai", "Prasad", "Qureshi", "Rai", "Rajan", "Rao", "Rathore", "Reddy", "Roy",
    "Saha", "Salvi", "Sen", "Seth", "Shah", "Sharma", "Shetty", "Siddiqui", "Singh", "Sinha", "Soren", "Subramaniam", "Tamang", "Thakur",
    "Thapa", "Tiwari", "Tripathi", "Varghese", "Varma", "Wangchuk", "Yadav",
)  # fmt: skip
DOCTORS = (
    ("D01", "Krishnamurthy", "Leela"), ("D02", "Bhattacharya", "Sourav"), ("D03", "Pereira", "Anita"), ("D04", "Chowdhury", "Rehana"),
    ("D05", "Deshmukh", "Vivek"), ("D06", "Kuruvilla", "Susan"), ("D07", "Ramanathan", "Hari"), ("D08", "Grewal", "Manpreet"),
)  # fmt: skip
